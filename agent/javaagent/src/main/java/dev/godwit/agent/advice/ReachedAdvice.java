package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.reached}: a safe point. */
final class ReachedAdvice {

    private ReachedAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) String name) {
        HintBridge.safePoint(name);
    }
}
