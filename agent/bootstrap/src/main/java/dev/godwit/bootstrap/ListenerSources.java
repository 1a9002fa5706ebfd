package dev.godwit.bootstrap;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Where the listeners of applications are found: one source for each copy of the hint API, each held weakly, so that a class
 * loader can be unloaded.
 */
public final class ListenerSources {
    /** Codes of what listeners are told; they are those of the hint API. */
    public static final int PREPARING = 1;

    public static final int RESUMED = 2;
    public static final int ABORTED = 3;

    private static final int MOST = 1024;

    private static final List<WeakReference<Supplier<IntConsumer[]>>> SOURCES = new ArrayList<>();

    private ListenerSources() {}

    /** A copy of the API has listeners. */
    public static void add(Supplier<IntConsumer[]> source) {
        synchronized (SOURCES) {
            SOURCES.removeIf(known -> known.get() == null);
            boolean known = SOURCES.stream().anyMatch(each -> each.get() == source);
            if (!known && SOURCES.size() < MOST) {
                SOURCES.add(new WeakReference<>(source));
            }
        }
    }

    /** All listeners there are, those of one copy in the order in which they were added. */
    public static List<IntConsumer> listeners() {
        List<Supplier<IntConsumer[]>> sources = new ArrayList<>();
        synchronized (SOURCES) {
            for (WeakReference<Supplier<IntConsumer[]>> each : SOURCES) {
                Supplier<IntConsumer[]> source = each.get();
                if (source != null) {
                    sources.add(source);
                }
            }
        }
        List<IntConsumer> listeners = new ArrayList<>();
        sources.forEach(source -> Collections.addAll(listeners, source.get()));
        return listeners;
    }
}
