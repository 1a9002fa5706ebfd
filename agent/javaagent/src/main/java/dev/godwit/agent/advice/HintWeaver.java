package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.named;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.VisibilityBridgeStrategy;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.pool.TypePool;

/** Puts the advice into the two classes of the hint API. Byte Buddy is loaded with this class, not before. */
final class HintWeaver {
    private final ClassFileLocator adviceLocator =
            ClassFileLocator.ForClassLoader.of(HintWeaver.class.getClassLoader());

    /** Changes method bodies only, as retransforming a loaded class allows. */
    private final ByteBuddy byteBuddy = new ByteBuddy()
            .with(InstrumentedType.Factory.Default.FROZEN)
            .with(VisibilityBridgeStrategy.Default.NEVER)
            .with(Implementation.Context.Disabled.Factory.INSTANCE);

    /**
     * Puts the advice in.
     *
     * @param name binary name of the class
     * @param classFile the class as it is
     */
    byte[] weave(String name, byte[] classFile) {
        ClassFileLocator own = ClassFileLocator.Simple.of(name, classFile);
        // The class may not be loaded yet. The other class of the API, which it refers to, is never looked at.
        ClassFileLocator all = new ClassFileLocator.Compound(own, ClassFileLocator.ForClassLoader.ofPlatformLoader());
        return byteBuddy
                .redefine(
                        TypePool.Default.WithLazyResolution.of(all)
                                .describe(name)
                                .resolve(),
                        own)
                .visit(advice(OpenedAdvice.class, "opened"))
                .visit(advice(ClosedAdvice.class, "closed"))
                .visit(advice(ReachedAdvice.class, "reached"))
                .visit(advice(RestingAdvice.class, "resting"))
                .visit(advice(WorkingAdvice.class, "working"))
                .visit(advice(DeclaredAdvice.class, "declared"))
                .visit(advice(WithdrawnAdvice.class, "withdrawn"))
                .visit(advice(ListeningAdvice.class, "listening"))
                .make()
                .getBytes();
    }

    private AsmVisitorWrapper advice(Class<?> advice, String method) {
        return Advice.to(advice, adviceLocator).on(named(method));
    }
}
