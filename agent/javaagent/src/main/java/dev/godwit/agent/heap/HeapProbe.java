package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;

/**
 * Reads the heap layout and the memory ranges of the JVM that the agent runs in.
 *
 * <p>Not thread-safe: used by the recorder thread only.
 */
public interface HeapProbe {

    /** The collector in use. */
    Collector collector();

    /** Number of collections completed so far; each collection bumps it. Cheap: one memory read. */
    long epoch();

    /** True while a stop-the-world collection is running. */
    boolean isCollecting();

    /** True if {@link #read} gives a layout; false for a collector or a VM whose heap cannot be read. */
    boolean hasLayout();

    /**
     * Reads every region or space.
     *
     * @param timeNanos stamp for the layout
     * @return the layout; its epoch was the same before and after the reading
     * @throws IllegalStateException if {@link #hasLayout()} is false, or the layout that was read is inconsistent
     */
    HeapLayout read(long timeNanos);

    /** Reserved heap, code cache, metaspace and thread stacks, for classifying mappings. */
    VmRanges ranges();

    /** One line for people: what could not be read and why; empty if all could. */
    String limitation();
}
