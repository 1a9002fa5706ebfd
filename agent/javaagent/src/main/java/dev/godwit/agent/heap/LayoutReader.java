package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;

/** Reads the spaces of one kind of heap once, without caring whether a collection falls into the reading. */
interface LayoutReader {

    /**
     * The reader for a collector.
     *
     * @throws UnreadableVmException if there is none, or the VM does not describe its heap, or that is inconsistent
     */
    static LayoutReader open(Vm vm, CollectedHeap heap, Collector collector) {
        return switch (collector) {
            case G1 -> new G1Layout(vm, heap);
            case PARALLEL -> GenerationLayout.parallel(vm, heap);
            case SERIAL -> GenerationLayout.serial(vm, heap);
            case OTHER -> throw new UnreadableVmException("the collector is neither G1 nor Parallel nor Serial");
        };
    }

    /**
     * Reads every space.
     *
     * @throws UnreadableVmException if what was read makes no sense
     * @throws IllegalArgumentException if the spaces overlap or are inverted
     */
    HeapLayout read(long timeNanos, long epoch);
}
