package dev.godwit.agent.heap;

import java.lang.instrument.Instrumentation;

/**
 * Makes the own JVM collect its young generation, with G1, Parallel or Serial.
 *
 * <p>No supported interface does this. The first choice is what HotSpot's own tests use, the {@code WhiteBox} interface;
 * it is switched on by writing VM flags in memory for a moment, so open one only where the user asked for forced
 * collections. Where that fails, Eden is filled with garbage.
 *
 * <p>Not thread-safe.
 */
public interface YoungCollection {

    /**
     * Finds the best way this JVM has.
     *
     * @param instrumentation of the agent; null for none, Eden is then filled
     * @param probe of the own heap
     * @throws IllegalStateException if this JVM has no young generation of its own to collect: one line that says why
     */
    static YoungCollection open(Instrumentation instrumentation, HeapProbe probe) {
        return YoungCollections.open(instrumentation, probe);
    }

    /**
     * Collects the young generation and returns when that is done.
     *
     * @throws IllegalStateException if no collection happened
     */
    void collect();

    /** How it is done, for people: {@code WhiteBox} or {@code filling Eden}. */
    String method();
}
