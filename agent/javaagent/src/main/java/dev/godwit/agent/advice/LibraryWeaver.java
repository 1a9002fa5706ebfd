package dev.godwit.agent.advice;

import java.util.List;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.pool.TypePool;

/** Puts the advice of instrumentations into a class of a library. Byte Buddy is loaded with this class, not before. */
final class LibraryWeaver {
    private final ClassFileLocator adviceLocator =
            ClassFileLocator.ForClassLoader.of(LibraryWeaver.class.getClassLoader());
    private final ByteBuddy byteBuddy = new ByteBuddy()
            .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE)
            .with(TypeValidation.DISABLED)
            .with(Implementation.Context.Disabled.Factory.INSTANCE);

    /**
     * Puts the advice in: changes method bodies only, as retransforming a loaded class allows. Types that the class
     * refers to are known by name only, and never loaded: they may be missing, as optional parts of a driver often are.
     *
     * @param classFile the class as it is
     */
    byte[] weave(Class<?> type, byte[] classFile, List<LibraryInstrumentation> instrumentations) {
        String name = type.getName();
        ClassFileLocator own = ClassFileLocator.Simple.of(name, classFile);
        TypeDescription description =
                TypePool.Default.WithLazyResolution.of(own).describe(name).resolve();
        DynamicType.Builder<?> builder = byteBuddy.decorate(description, own);
        for (LibraryInstrumentation each : instrumentations) {
            for (AsmVisitorWrapper advice : each.advice(type, adviceLocator)) {
                builder = builder.visit(advice);
            }
        }
        return builder.make().getBytes();
    }
}
