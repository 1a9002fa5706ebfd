package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.resting}: the application expects to be quiet. */
final class RestingAdvice {

    private RestingAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) String name, @Advice.Argument(1) long expectedNanos) {
        HintBridge.quiet(name, expectedNanos);
    }
}
