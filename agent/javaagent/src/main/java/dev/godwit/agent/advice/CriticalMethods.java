package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes critical sections of the methods with {@code @MigrationCritical}. The thread that loads a class only looks for the name
 * of the annotation in its class file; the agent's thread has the class changed once it is there. So no thread of the application
 * waits, and the first calls of a method may go unseen.
 */
public final class CriticalMethods implements ClassFileTransformer {
    static final String ANNOTATION = "dev.godwit.hint.MigrationCritical";

    private static final String ANNOTATION_FILE = ANNOTATION.replace('.', '/') + ".class";

    /** As a class file names it. */
    private static final byte[] MARK = ("L" + ANNOTATION.replace('.', '/') + ";").getBytes(StandardCharsets.US_ASCII);

    /** Looks for a noticed class until it is loaded. */
    private static final int MOST_TRIES = 40;

    private static final int LOOKED_AT_ONCE = 100;

    private static final int MOST_NOTICED = 10_000;

    private final Instrumentation instrumentation;
    private final Runnable wake;
    private final Queue<Noticed> noticed = new ConcurrentLinkedQueue<>();
    private final List<Noticed> pending = new ArrayList<>();
    private final Queue<WeakReference<Class<?>>> unseen = new ArrayDeque<>();
    private final Map<ClassLoader, Boolean> knows = new WeakHashMap<>();
    private final Set<Class<?>> woven = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private volatile CriticalMethodWeaver weaver;
    private volatile Throwable failure;

    /** Weak: the class may never be loaded, and its loader be unloaded. */
    private static final class Noticed {
        private final WeakReference<ClassLoader> loader;
        private final String name;
        private int tries;

        Noticed(ClassLoader loader, String name) {
            this.loader = new WeakReference<>(loader);
            this.name = name;
        }
    }

    /**
     * @param wake wakes the agent's thread, which is then to call {@link #weavePending}
     */
    public CriticalMethods(Instrumentation instrumentation, Runnable wake) {
        this.instrumentation = instrumentation;
        this.wake = wake;
    }

    /** Begins to notice classes as they are loaded, and takes up those that are loaded already. */
    public void install() {
        instrumentation.addTransformer(this, true);
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (isOfApplication(loaded.getClassLoader()) && !loaded.isArray() && !loaded.isHidden()) {
                unseen.add(new WeakReference<>(loaded));
            }
        }
    }

    /** Some at a time: there may be tens of thousands, and the agent's thread has other things to do. */
    private void lookAtLoaded() {
        for (int i = 0; i < LOOKED_AT_ONCE && !unseen.isEmpty(); i++) {
            Class<?> loaded = unseen.remove().get();
            ClassLoader loader = loaded == null ? null : loaded.getClassLoader();
            if (loader != null && knows.computeIfAbsent(loader, CriticalMethods::knowsAnnotation) && isMarked(loaded)) {
                pending.add(new Noticed(loader, loaded.getName()));
            }
        }
    }

    private static boolean isOfApplication(ClassLoader loader) {
        return loader != null
                && loader != ClassLoader.getPlatformClassLoader()
                && loader != CriticalMethods.class.getClassLoader();
    }

    private static boolean knowsAnnotation(ClassLoader loader) {
        try {
            return loader.getResource(ANNOTATION_FILE) != null;
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    private static boolean isMarked(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
            return in != null && contains(in.readAllBytes(), MARK);
        } catch (IOException | RuntimeException | LinkageError e) {
            return false;
        }
    }

    /** True if there is something to do for {@link #weavePending}, now or soon. */
    public boolean hasPending() {
        return !pending.isEmpty() || !noticed.isEmpty() || !unseen.isEmpty();
    }

    /**
     * Puts the advice into what was noticed and is loaded by now. Called by the agent's thread every few milliseconds while
     * {@link #hasPending}.
     *
     * @throws IllegalStateException if a class was there and could not be changed
     */
    public void weavePending() {
        lookAtLoaded();
        for (Noticed next = noticed.poll(); next != null; next = noticed.poll()) {
            pending.add(next);
        }
        for (Iterator<Noticed> each = pending.iterator(); each.hasNext(); ) {
            Noticed next = each.next();
            ClassLoader loader = next.loader.get();
            Class<?> loaded = loader == null ? null : find(loader, next.name);
            if (loaded != null || loader == null || next.tries++ >= MOST_TRIES) {
                each.remove();
            }
            if (loaded != null && !woven.contains(loaded)) {
                weave(loaded);
            }
        }
    }

    private Class<?> find(ClassLoader loader, String name) {
        for (Class<?> initiated : instrumentation.getInitiatedClasses(loader)) {
            if (initiated.getClassLoader() == loader && initiated.getName().equals(name)) {
                return initiated;
            }
        }
        return null;
    }

    private void weave(Class<?> type) {
        weaver = weaver == null ? new CriticalMethodWeaver() : weaver;
        Module boot = HintBridge.class.getModule();
        if (!type.getModule().canRead(boot)) {
            instrumentation.redefineModule(type.getModule(), Set.of(boot), Map.of(), Map.of(), Set.of(), Map.of());
        }
        failure = null;
        woven.add(type);
        try {
            instrumentation.retransformClasses(type);
        } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
            failure = e;
        }
        if (failure != null) {
            woven.remove(type);
            throw new IllegalStateException(
                    "class=" + type.getName() + " its critical methods are not seen: " + failure);
        }
    }

    /** Runs on whatever thread loads a class. */
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
        boolean marked = className != null && isOfApplication(loader) && contains(classFile, MARK);
        if (marked && noticed.size() < MOST_NOTICED) {
            noticed.add(new Noticed(loader, className.replace('/', '.')));
            wake.run();
        }
        return null;
    }

    private byte[] woven(Class<?> type, byte[] classFile) {
        try {
            return weaver.weave(type.getName(), type.getClassLoader(), classFile);
        } catch (Throwable e) {
            failure = e;
            return null;
        }
    }

    static boolean contains(byte[] bytes, byte[] sought) {
        int last = bytes.length - sought.length;
        for (int at = 0; at <= last; at++) {
            int same = 0;
            while (same < sought.length && bytes[at + same] == sought[same]) {
                same++;
            }
            if (same == sought.length) {
                return true;
            }
        }
        return false;
    }
}
