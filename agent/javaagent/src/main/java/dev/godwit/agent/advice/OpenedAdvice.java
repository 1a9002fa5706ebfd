package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.opened}: a critical section opens, and its slot becomes the result. */
final class OpenedAdvice {

    private OpenedAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    @SuppressWarnings("unused") // What is written to it becomes the result of the method.
    static void exit(@Advice.Argument(0) String name, @Advice.Return(readOnly = false) int slot) {
        slot = HintBridge.open(name);
    }
}
