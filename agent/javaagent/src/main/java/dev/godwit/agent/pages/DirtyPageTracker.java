package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageTracker;
import java.util.List;

/**
 * Finds the pages of the own process that were written since the last scan.
 *
 * <p>Not thread-safe: used by the recorder thread only. Closing restores the process: no page stays write-protected.
 */
public interface DirtyPageTracker extends AutoCloseable {

    /** How this tracker works. */
    PageTracker kind();

    /**
     * Collects the pages written since the last scan and begins the next interval.
     *
     * <p>The first scan reports every present page as written, with {@code fromNanos == timeNanos}, those of untracked
     * ranges included. Later scans report a page of an untracked range once, when it has appeared.
     *
     * @param timeNanos stamp for the end of the interval
     * @param epoch collections completed now
     * @param untracked ranges whose pages may be left untracked until the next scan (Eden and free regions), ascending
     *     and disjoint; empty to track everything. Present pages of a range that is no longer in the list are reported
     *     as written in the next scan
     * @return written and dropped pages; {@code assumed} is empty
     */
    DirtyPages scan(long timeNanos, long epoch, List<VmRanges.Range> untracked);

    /** One line for people: what this tracker cannot do here; empty if there is nothing to say. May change by scan. */
    default String limitation() {
        return "";
    }

    @Override
    void close();
}
