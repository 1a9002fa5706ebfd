package dev.godwit.agent.advice;

import dev.godwit.bootstrap.HintBridge;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
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
 * Connects the hint API of the application with the bridge, once for each class loader that loads the API.
 *
 * <p>Where the API is on the class path, the agent's thread loads Byte Buddy and tries it on the API beforehand, and the
 * thread of the application that loads the API later weaves the advice in: some milliseconds, once, so that the very
 * first section is seen. Where it is not, that thread only notes down what it loads, and the agent's thread weaves
 * afterwards: the application waits neither for Byte Buddy to load nor for its work, and hints of the first moments are
 * not seen.
 */
public final class HintInstrumentation implements ClassFileTransformer {
    private static final String HINTS = "dev.godwit.hint.MigrationHints";
    private static final String SECTION = "dev.godwit.hint.CriticalSection";
    private static final String HINTS_INTERNAL = HINTS.replace('.', '/');
    private static final String SECTION_INTERNAL = SECTION.replace('.', '/');

    /** Looks at a loader until what was noticed there is loaded; the other class of the two is noticed by itself. */
    private static final int MOST_TRIES = 40;

    private final Instrumentation instrumentation;
    private final Runnable wake;
    private final Queue<WeakReference<ClassLoader>> noticed = new ConcurrentLinkedQueue<>();
    private final List<Pending> pending = new ArrayList<>();

    /** Their classes are woven whenever they are loaded or retransformed, by whomever. Weak: loaders can be unloaded. */
    private final Set<ClassLoader> woven = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private volatile HintWeaver weaver;
    private volatile Throwable failure;
    private volatile boolean prepared;

    /**
     * @param wake wakes the agent's thread, which is then to call {@link #weavePending}; called by threads of the
     *     application
     */
    public HintInstrumentation(Instrumentation instrumentation, Runnable wake) {
        this.instrumentation = instrumentation;
        this.wake = wake;
    }

    /** Begins to notice classes as they are loaded, and takes up those that are loaded already. */
    public void install() {
        boolean onClassPath = prepare();
        instrumentation.addTransformer(this, true);
        prepared = onClassPath;
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getName().equals(HINTS)) {
                pending.add(new Pending(new WeakReference<>(loaded.getClassLoader())));
            }
        }
    }

    /** Weaves what the system class loader would load, for practice. */
    private boolean prepare() {
        try {
            for (String internal : List.of(HINTS_INTERNAL, SECTION_INTERNAL)) {
                try (InputStream in = ClassLoader.getSystemResourceAsStream(internal + ".class")) {
                    if (in == null) {
                        return false;
                    }
                    weaver = weaver == null ? new HintWeaver() : weaver;
                    weaver.weave(internal.replace('/', '.'), in.readAllBytes());
                }
            }
            return true;
        } catch (IOException | RuntimeException | LinkageError e) {
            return false;
        }
    }

    /** True if there is something to do for {@link #weavePending}, now or soon. */
    public boolean hasPending() {
        return !pending.isEmpty() || !noticed.isEmpty();
    }

    /**
     * Weaves the advice into what was noticed and is loaded by now. Called by the agent's thread every few
     * milliseconds while {@link #hasPending}.
     *
     * @throws IllegalStateException if classes were there and could not be changed
     */
    public void weavePending() {
        for (WeakReference<ClassLoader> loader = noticed.poll(); loader != null; loader = noticed.poll()) {
            pending.add(new Pending(loader));
        }
        for (Iterator<Pending> each = pending.iterator(); each.hasNext(); ) {
            Pending next = each.next();
            ClassLoader loader = next.loader.get();
            boolean done = true;
            try {
                done = loader == null || next.tries++ >= MOST_TRIES || weaveClassesOf(loader);
            } finally {
                if (done) {
                    each.remove();
                }
            }
        }
    }

    private boolean weaveClassesOf(ClassLoader loader) {
        Class<?> hints = null;
        Class<?> section = null;
        for (Class<?> initiated : instrumentation.getInitiatedClasses(loader)) {
            if (initiated.getClassLoader() == loader) {
                hints = initiated.getName().equals(HINTS) ? initiated : hints;
                section = initiated.getName().equals(SECTION) ? initiated : section;
            }
        }
        if (hints == null || section == null) {
            return false;
        }
        if (!woven.contains(loader)) {
            weave(loader, hints, section);
        }
        return true;
    }

    /** Both at once: a section that opens seen and closes unseen would stay open for ever. */
    private void weave(ClassLoader loader, Class<?> hints, Class<?> section) {
        weaver = weaver == null ? new HintWeaver() : weaver;
        readBootModule(hints.getModule());
        failure = null;
        woven.add(loader);
        try {
            instrumentation.retransformClasses(section, hints);
        } catch (UnmodifiableClassException | LinkageError | RuntimeException e) {
            failure = e;
        }
        if (failure != null) {
            woven.remove(loader);
            throw new IllegalStateException("loader=" + loader + " its hint API could not be connected: " + failure);
        }
        announce(hints);
    }

    /** What was said about buffers and listeners holds still: has the API say it again. Older APIs have nothing to say. */
    private static void announce(Class<?> hints) {
        try {
            Method announce = hints.getDeclaredMethod("announce");
            announce.setAccessible(true);
            announce.invoke(null);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            // Then only what is said from now on is seen.
        }
    }

    /** A named module does not read the unnamed module of the boot loader, where the bridge is, nor let the agent in. */
    private void readBootModule(Module module) {
        if (module.isNamed()) {
            Module boot = HintBridge.class.getModule();
            Set<Module> own = Set.of(HintInstrumentation.class.getModule());
            Map<String, Set<Module>> opened = Map.of(HINTS.substring(0, HINTS.lastIndexOf('.')), own);
            instrumentation.redefineModule(module, Set.of(boot), Map.of(), opened, Set.of(), Map.of());
        }
    }

    /** Runs on whatever thread loads a class. Most classes are none of ours: compares, and is done. */
    @Override
    public byte[] transform(
            Module module,
            ClassLoader loader,
            String className,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] classFile) {
        boolean ours = HINTS_INTERNAL.equals(className) || SECTION_INTERNAL.equals(className);
        if (!ours || loader == null) {
            return null;
        }
        boolean first = redefined == null && prepared && !module.isNamed() && HINTS_INTERNAL.equals(className);
        if (first) {
            woven.add(loader);
        }
        if (woven.contains(loader)) {
            return woven(loader, className, classFile);
        }
        notice(loader);
        return null;
    }

    private byte[] woven(ClassLoader loader, String className, byte[] classFile) {
        try {
            return weaver.weave(className.replace('/', '.'), classFile);
        } catch (Throwable e) {
            failure = e;
            woven.remove(loader);
            notice(loader);
            return null;
        }
    }

    private void notice(ClassLoader loader) {
        noticed.add(new WeakReference<>(loader));
        wake.run();
    }

    private static final class Pending {
        private final WeakReference<ClassLoader> loader;
        private int tries;

        Pending(WeakReference<ClassLoader> loader) {
            this.loader = loader;
        }
    }
}
