package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import java.util.List;

/** Reports nothing, where no tracking is possible. */
final class NoTracker implements DirtyPageTracker {
    private final String reason;
    private long lastNanos = -1;

    NoTracker(String reason) {
        this.reason = reason;
    }

    @Override
    public PageTracker kind() {
        return PageTracker.NONE;
    }

    @Override
    public String limitation() {
        return reason;
    }

    @Override
    public DirtyPages scan(long timeNanos, long epoch, List<VmRanges.Range> untracked) {
        long fromNanos = lastNanos < 0 ? timeNanos : lastNanos;
        lastNanos = timeNanos;
        return new DirtyPages(fromNanos, timeNanos, epoch, PageRuns.empty(), PageRuns.empty(), PageRuns.empty());
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
