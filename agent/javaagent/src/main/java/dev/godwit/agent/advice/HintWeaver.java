package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.named;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.VisibilityBridgeStrategy;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.implementation.Implementation;

/** Puts the advice into the two classes of the hint API. Byte Buddy is loaded with this class, not before. */
final class HintWeaver {
    private final ClassFileLocator adviceLocator =
            ClassFileLocator.ForClassLoader.of(HintWeaver.class.getClassLoader());

    /** Changes method bodies only, as retransforming a loaded class allows. */
    private final ByteBuddy byteBuddy = new ByteBuddy()
            .with(InstrumentedType.Factory.Default.FROZEN)
            .with(VisibilityBridgeStrategy.Default.NEVER)
            .with(Implementation.Context.Disabled.Factory.INSTANCE);

    byte[] weave(Class<?> type, byte[] classFile) {
        return byteBuddy
                .redefine(TypeDescription.ForLoadedType.of(type), ClassFileLocator.Simple.of(type.getName(), classFile))
                .visit(advice(OpenedAdvice.class, "opened"))
                .visit(advice(ClosedAdvice.class, "closed"))
                .visit(advice(ReachedAdvice.class, "reached"))
                .visit(advice(RestingAdvice.class, "resting"))
                .make()
                .getBytes();
    }

    private AsmVisitorWrapper advice(Class<?> advice, String method) {
        return Advice.to(advice, adviceLocator).on(named(method));
    }
}
