package dev.godwit.agent.advice;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A class that was about to be loaded when it was noticed. Looked for at growing intervals: its supertypes come first. */
final class Noticed {
    private static final long FIRST_WAIT_NANOS = 2_000_000;
    private static final long LONGEST_WAIT_NANOS = 20_000_000_000L;

    private final boolean boot;
    private final WeakReference<ClassLoader> loader;
    private final String name;
    private long waitNanos = FIRST_WAIT_NANOS;
    private long nextNanos = System.nanoTime();

    /**
     * @param loader null for the boot loader
     * @param name binary name
     */
    Noticed(ClassLoader loader, String name) {
        this.boot = loader == null;
        this.loader = new WeakReference<>(loader);
        this.name = name;
    }

    /**
     * Adds the class if it is loaded.
     *
     * @param classes the classes of a loader, by name
     * @return true if it was added, or is not worth another look
     */
    boolean isDone(long nowNanos, Set<Class<?>> found, Function<ClassLoader, Map<String, Class<?>>> classes) {
        if (nowNanos - nextNanos < 0) {
            return false;
        }
        ClassLoader known = loader.get();
        if (known == null && !boot) {
            return true;
        }
        Class<?> type = classes.apply(known).get(name);
        if (type != null) {
            found.add(type);
            return true;
        }
        nextNanos = nowNanos + waitNanos;
        waitNanos *= 2;
        return waitNanos > LONGEST_WAIT_NANOS;
    }

    /** Those of the classes that the loader defined. */
    static Map<String, Class<?>> byName(ClassLoader loader, Class<?>[] classes) {
        Map<String, Class<?>> map = new HashMap<>();
        for (Class<?> each : classes) {
            if (each.getClassLoader() == loader) {
                map.put(each.getName(), each);
            }
        }
        return map;
    }
}
