package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.working}: the application expects to be busy. */
final class WorkingAdvice {

    private WorkingAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) String name, @Advice.Argument(1) long expectedNanos) {
        HintBridge.busy(name, expectedNanos);
    }
}
