package dev.godwit.agent.advice;

import dev.godwit.bootstrap.DeclaredBuffers;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.withdrawn}: what was said about a buffer holds no longer. */
final class WithdrawnAdvice {

    private WithdrawnAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) int number) {
        DeclaredBuffers.withdraw(number);
    }
}
