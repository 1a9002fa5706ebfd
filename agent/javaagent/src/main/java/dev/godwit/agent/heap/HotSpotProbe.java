package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import java.util.concurrent.locks.LockSupport;

/** The heap of a HotSpot VM with a collector whose layout is known. */
final class HotSpotProbe implements HeapProbe {
    private static final int MAX_ATTEMPTS = 100;
    private static final int ATTEMPTS_WITHOUT_WAIT = 5;
    private static final long WAIT_NANOS = 100_000;

    private final Collector collector;
    private final CollectedHeap heap;
    private final LayoutReader layout;
    private final RangesReader ranges;

    HotSpotProbe(Collector collector, CollectedHeap heap, LayoutReader layout, RangesReader ranges) {
        this.collector = collector;
        this.heap = heap;
        this.layout = layout;
        this.ranges = ranges;
    }

    @Override
    public Collector collector() {
        return collector;
    }

    @Override
    public long epoch() {
        return heap.epoch();
    }

    @Override
    public boolean isCollecting() {
        return heap.isCollecting();
    }

    @Override
    public boolean hasLayout() {
        return true;
    }

    @Override
    public HeapLayout read(long timeNanos) {
        String problem = "a collection was running each time";
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            if (attempt >= ATTEMPTS_WITHOUT_WAIT) {
                LockSupport.parkNanos(WAIT_NANOS);
            }
            long epoch = heap.epoch();
            if (heap.isCollecting()) {
                continue;
            }
            try {
                HeapLayout read = layout.read(timeNanos, epoch);
                // Java code may be stopped for a collection at any point of the reading.
                if (!heap.isCollecting() && heap.epoch() == epoch) {
                    return read;
                }
            } catch (IllegalArgumentException | UnreadableVmException e) {
                problem = e.getMessage();
            }
        }
        throw new IllegalStateException("no consistent heap layout in " + MAX_ATTEMPTS + " attempts: " + problem);
    }

    @Override
    public VmRanges ranges() {
        return ranges.read();
    }

    @Override
    public String limitation() {
        return ranges.limitation();
    }
}
