package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import dev.godwit.bootstrap.RequestHints;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Recognises the work of well-known libraries, so that an application need not say a word.
 *
 * <p>The thread that loads a class only looks at the constants of its class file and notes down one that may be of such a
 * library. The agent's thread looks closer once the class is there, and has the JVM put the advice in: so no thread of
 * the application waits for that, a class that is loaded already is treated no differently, and what a library does in
 * its first milliseconds is not seen.
 */
public final class LibraryHints implements ClassFileTransformer {
    private final Instrumentation instrumentation;
    private final Runnable wake;
    private final Consumer<String> complaints;
    private final Set<AutomaticHint> enabled = EnumSet.noneOf(AutomaticHint.class);
    private final Queue<Noticed> noticed = new ConcurrentLinkedQueue<>();
    private final List<Noticed> pending = new ArrayList<>();

    /** Woven whenever they are retransformed, by whomever. Weak: their loaders can be unloaded. */
    private final Set<Class<?>> woven = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private volatile List<LibraryInstrumentation> instrumentations = List.of();
    private volatile ClassFileMarks marks = new ClassFileMarks(Set.of());
    private volatile Set<String> jdkClasses = Set.of();
    private LibraryWeaver weaver;
    private volatile Throwable failure;

    /**
     * @param wake wakes the agent's thread, which is then to call {@link #weavePending}; called by threads of the
     *     application
     * @param complaints takes a line for each class that could not be woven
     */
    public LibraryHints(Instrumentation instrumentation, Runnable wake, Consumer<String> complaints) {
        this.instrumentation = instrumentation;
        this.wake = wake;
        this.complaints = complaints;
    }

    /** Recognises these as well from now on. What is woven stays so. */
    public void enable(Set<AutomaticHint> wanted) {
        Set<AutomaticHint> more = EnumSet.noneOf(AutomaticHint.class);
        more.addAll(wanted);
        more.removeAll(enabled);
        if (more.isEmpty()) {
            return;
        }
        boolean first = enabled.isEmpty();
        enabled.addAll(more);
        if (enabled.contains(AutomaticHint.ASYNC_SERVLET)) {
            RequestHints.followAsync();
        }
        publish(enabled.stream().flatMap(LibraryHints::instrumentations).toList());
        weaver = weaver == null ? new LibraryWeaver() : weaver;
        if (first) {
            instrumentation.addTransformer(this, true);
        }
        weave(List.of(instrumentation.getAllLoadedClasses()));
    }

    private static Stream<LibraryInstrumentation> instrumentations(AutomaticHint hint) {
        return switch (hint) {
            case JDBC -> Stream.of(new JdbcInstrumentation(), new XaInstrumentation());
            case SERVLET -> Stream.of(new ServletInstrumentation());
            case ASYNC_SERVLET -> Stream.of(); // A part of the one above.
            case HTTP_SERVER -> Stream.of(new HttpServerInstrumentation());
            case EXECUTOR -> Stream.of(new ExecutorInstrumentation());
        };
    }

    private void publish(List<LibraryInstrumentation> all) {
        Set<String> texts = new LinkedHashSet<>();
        Set<String> names = new HashSet<>();
        for (LibraryInstrumentation each : all) {
            texts.addAll(each.marks());
            names.addAll(each.jdkClasses());
        }
        marks = new ClassFileMarks(texts);
        jdkClasses = names;
        instrumentations = all;
    }

    /** True if there is something to do for {@link #weavePending}, now or soon. */
    public boolean hasPending() {
        return !pending.isEmpty() || !noticed.isEmpty();
    }

    /** Weaves what was noticed and is loaded by now. Called by the agent's thread every few milliseconds meanwhile. */
    public void weavePending() {
        for (Noticed next = noticed.poll(); next != null; next = noticed.poll()) {
            pending.add(next);
        }
        long now = System.nanoTime();
        Set<Class<?>> found = new LinkedHashSet<>();
        Map<ClassLoader, Map<String, Class<?>>> loaded = new WeakHashMap<>();
        pending.removeIf(each -> each.isDone(now, found, loader -> loaded.computeIfAbsent(loader, this::classesOf)));
        weave(found);
    }

    private Map<String, Class<?>> classesOf(ClassLoader loader) {
        return Noticed.byName(loader, instrumentation.getInitiatedClasses(loader));
    }

    /** All at once, for each time costs the application a stop of some milliseconds; one by one if that fails. */
    private void weave(Collection<Class<?>> candidates) {
        List<Class<?>> toWeave = candidates.stream().filter(this::isToBeWoven).toList();
        if (toWeave.isEmpty() || retransform(toWeave)) {
            return;
        }
        for (Class<?> each : toWeave) {
            if (!retransform(List.of(each))) {
                woven.remove(each);
                complaints.accept("the work of " + each.getName() + " is not seen: " + failure);
            }
        }
    }

    private boolean isToBeWoven(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        if (loader == LibraryHints.class.getClassLoader() || type.isInterface() || woven.contains(type)) {
            return false;
        }
        try {
            return concerned(type).size() > 0 && instrumentation.isModifiableClass(type);
        } catch (LinkageError e) {
            return false; // One of its supertypes cannot be had.
        }
    }

    private List<LibraryInstrumentation> concerned(Class<?> type) {
        boolean ofJdk = type.getClassLoader() == null || isJdkName(type.getName());
        if (ofJdk && !jdkClasses.contains(type.getName())) {
            return List.of();
        }
        return instrumentations.stream().filter(each -> each.concerns(type)).toList();
    }

    private boolean retransform(List<Class<?>> types) {
        failure = null;
        try {
            types.forEach(type -> readBootModule(type.getModule()));
            woven.addAll(types);
            instrumentation.retransformClasses(types.toArray(Class<?>[]::new));
        } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
            failure = e;
        }
        return failure == null;
    }

    /** A named module does not read the unnamed module of the boot loader, where the bridge is. */
    private void readBootModule(Module module) {
        Module boot = HintBridge.class.getModule();
        if (!module.canRead(boot)) {
            instrumentation.redefineModule(module, Set.of(boot), Map.of(), Map.of(), Set.of(), Map.of());
        }
    }

    /** Runs on whatever thread loads a class. Most classes are none of ours: looks at their constants, and is done. */
    @Override
    public byte[] transform(
            Module module,
            ClassLoader loader,
            String className,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] classFile) {
        if (redefined != null) {
            return woven.contains(redefined) ? woven(redefined, classFile) : null;
        }
        if (className != null && mayConcern(className.replace('/', '.'), loader, classFile)) {
            noticed.add(new Noticed(loader, className.replace('/', '.')));
            wake.run();
        }
        return null;
    }

    private boolean mayConcern(String name, ClassLoader loader, byte[] classFile) {
        if (loader == null || isJdkName(name)) {
            return jdkClasses.contains(name);
        }
        return loader != LibraryHints.class.getClassLoader() && marks.areIn(classFile);
    }

    private static boolean isJdkName(String name) {
        return name.startsWith("java.")
                || name.startsWith("jdk.")
                || name.startsWith("sun.")
                || name.startsWith("com.sun.");
    }

    private byte[] woven(Class<?> type, byte[] classFile) {
        try {
            return weaver.weave(type, classFile, concerned(type));
        } catch (Throwable e) {
            failure = e;
            return null;
        }
    }
}
