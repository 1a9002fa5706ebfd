package dev.godwit.agent.record;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.agent.pages.DirtyPageTracker;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import java.util.List;

/** Tracks nothing, until the trackers are there. */
final class NoTracker implements DirtyPageTracker {
    @Override
    public PageTracker kind() {
        return PageTracker.NONE;
    }

    @Override
    public DirtyPages scan(long timeNanos, long epoch, List<VmRanges.Range> untracked) {
        return new DirtyPages(timeNanos, timeNanos, epoch, PageRuns.empty(), PageRuns.empty(), PageRuns.empty());
    }

    @Override
    public void close() {
        // Nothing to restore.
    }
}
