package dev.godwit.agent.heap;

import dev.godwit.trace.HeapLayout;

/** Reads the spaces of one kind of heap once, without caring whether a collection falls into the reading. */
interface LayoutReader {

    /**
     * Reads every space.
     *
     * @throws UnreadableVmException if what was read makes no sense
     * @throws IllegalArgumentException if the spaces overlap or are inverted
     */
    HeapLayout read(long timeNanos, long epoch);
}
