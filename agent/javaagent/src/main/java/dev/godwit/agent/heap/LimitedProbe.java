package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What remains of a heap that cannot be read: its collections, as the management beans count them. */
final class LimitedProbe implements HeapProbe {
    private final Collector collector;
    private final String limitation;
    /** Null if not even the VM's own description could be read. */
    private final RangesReader ranges;

    private final List<GarbageCollectorMXBean> beans = ManagementFactory.getGarbageCollectorMXBeans();

    LimitedProbe(Collector collector, String limitation, RangesReader ranges) {
        this.collector = collector;
        this.limitation = limitation;
        this.ranges = ranges;
    }

    @Override
    public Collector collector() {
        return collector;
    }

    @Override
    public long epoch() {
        long sum = 0;
        for (GarbageCollectorMXBean bean : beans) {
            sum += Math.max(0, bean.getCollectionCount());
        }
        return sum;
    }

    @Override
    public boolean isCollecting() {
        return false;
    }

    @Override
    public boolean hasLayout() {
        return false;
    }

    @Override
    public HeapLayout read(long timeNanos) {
        throw new IllegalStateException(limitation);
    }

    @Override
    public VmRanges ranges() {
        return ranges == null ? VmRanges.unknown() : ranges.read();
    }

    @Override
    public String limitation() {
        String more = ranges == null ? "" : ranges.limitation();
        return more.isEmpty() ? limitation : limitation + "; " + more;
    }
}
