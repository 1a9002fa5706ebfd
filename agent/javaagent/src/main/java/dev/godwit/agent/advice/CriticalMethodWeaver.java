package dev.godwit.agent.advice;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.VisibilityBridgeStrategy;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.bytecode.constant.TextConstant;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;

/** Puts {@link CriticalMethodAdvice} into the methods of a class that ask for it. Byte Buddy is loaded with this class. */
final class CriticalMethodWeaver {
    private static final ElementMatcher<AnnotationDescription> CRITICAL =
            annotation -> annotation.getAnnotationType().getName().equals(CriticalMethods.ANNOTATION);

    private static final ElementMatcher<MethodDescription> WANTED = method -> !method.isAbstract()
            && !method.isNative()
            && method.getDeclaredAnnotations().stream().anyMatch(CRITICAL::matches);

    private final ClassFileLocator adviceLocator =
            ClassFileLocator.ForClassLoader.of(CriticalMethodWeaver.class.getClassLoader());

    private final Advice advice = Advice.withCustomMapping()
            .bind(
                    CriticalMethodAdvice.SectionName.class,
                    (type, method, assigner, handler, sort) ->
                            new Advice.OffsetMapping.Target.ForStackManipulation(new TextConstant(sectionName(method))))
            .to(CriticalMethodAdvice.class, adviceLocator);

    private final ByteBuddy byteBuddy = new ByteBuddy()
            .with(InstrumentedType.Factory.Default.FROZEN)
            .with(VisibilityBridgeStrategy.Default.NEVER)
            .with(Implementation.Context.Disabled.Factory.INSTANCE);

    byte[] weave(String name, ClassLoader loader, byte[] classFile) {
        ClassFileLocator own = ClassFileLocator.Simple.of(name, classFile);
        // The annotation is looked up there, and nothing is loaded.
        ClassFileLocator all = new ClassFileLocator.Compound(own, ClassFileLocator.ForClassLoader.of(loader));
        return byteBuddy
                .redefine(
                        TypePool.Default.WithLazyResolution.of(all)
                                .describe(name)
                                .resolve(),
                        own)
                .visit(advice.on(WANTED))
                .make()
                .getBytes();
    }

    private static String sectionName(MethodDescription method) {
        String given = method.getDeclaredAnnotations().stream()
                .filter(CRITICAL::matches)
                .map(CriticalMethodWeaver::value)
                .findFirst()
                .orElse("");
        return given.isEmpty() ? plainName(method) : given;
    }

    private static String value(AnnotationDescription annotation) {
        return annotation.getValue("value").resolve(String.class);
    }

    private static String plainName(MethodDescription method) {
        String type = method.getDeclaringType().asErasure().getName();
        return type.substring(type.lastIndexOf('.') + 1) + '.' + method.getName();
    }
}
