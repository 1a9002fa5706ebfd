package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.bytebuddy.asm.Advice;

/** For methods with {@code @MigrationCritical}: each call is a critical section. */
final class CriticalMethodAdvice {

    private CriticalMethodAdvice() {}

    /** Stands for the name of the section, which becomes a constant of the method. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @interface SectionName {}

    @Advice.OnMethodEnter(suppress = Throwable.class)
    static int enter(@SectionName String name) {
        return HintBridge.open(name);
    }

    @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
    static void exit(@Advice.Enter int slot) {
        HintBridge.close(slot);
    }
}
