package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import net.bytebuddy.asm.Advice;

/** For {@code CriticalSection.closed}: a critical section closes. */
final class ClosedAdvice {

    private ClosedAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) int slot) {
        HintBridge.close(slot);
    }
}
