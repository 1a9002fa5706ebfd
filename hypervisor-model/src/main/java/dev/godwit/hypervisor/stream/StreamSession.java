package dev.godwit.hypervisor.stream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one end of a migration knows of the guest: the size of a page and which pages there are. Both directions need it.
 * Thread-safe: one thread may write records while another reads them.
 */
public final class StreamSession {
    private volatile int pageBytes;
    private volatile int flags;
    private volatile int features;
    private volatile List<PageRun> ranges = List.of();
    private volatile long pages;

    /** Size of a page, 0 before Guest. */
    public int pageBytes() {
        return pageBytes;
    }

    /** True if the destination sends pages back. */
    public boolean sendsBack() {
        return (flags & StreamFormat.GUEST_SENDS_BACK) != 0;
    }

    /** True if the destination reads pages from files that the source names. */
    public boolean readsFiles() {
        return (features & StreamFormat.FEATURE_FILES) != 0;
    }

    /** Pages of all ranges. */
    public long pages() {
        return pages;
    }

    /** All ranges so far, ascending. */
    public List<PageRun> ranges() {
        return ranges;
    }

    /** The destination takes part, with these features. */
    void accepted(int accepted) {
        features = accepted;
    }

    void guest(ControlRecord.Guest guest) {
        flags = guest.flags();
        pageBytes = guest.pageBytes();
    }

    /** Adds ranges; the complaint in one line if they overlap or are too many, null if they are added. */
    synchronized String add(List<PageRun> runs) {
        if (ranges.size() + runs.size() > StreamFormat.MAX_RANGES) {
            return (ranges.size() + runs.size()) + " ranges, more than " + StreamFormat.MAX_RANGES;
        }
        List<PageRun> all = new ArrayList<>(ranges);
        all.addAll(runs);
        all.sort(Comparator.comparingLong(PageRun::first));
        long count = 0;
        long end = 0;
        for (PageRun run : all) {
            if (run.first() < end) {
                return "ranges overlap at page " + run.first();
            }
            end = run.end();
            count += run.pages();
        }
        if (count > StreamFormat.MAX_GUEST_PAGES) {
            return "a guest of " + count + " pages, more than " + StreamFormat.MAX_GUEST_PAGES;
        }
        ranges = List.copyOf(all);
        pages = count;
        return null;
    }

    /** True if all pages of a run lie in ranges. */
    public boolean holds(long first, long count) {
        List<PageRun> now = ranges;
        long from = first;
        long end = first + count;
        int low = 0;
        int high = now.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            PageRun run = now.get(middle);
            if (run.end() <= from) {
                low = middle + 1;
            } else if (run.first() > from) {
                high = middle - 1;
            } else {
                // Ranges may lie one behind the other.
                while (from < end && middle < now.size() && now.get(middle).first() <= from) {
                    from = now.get(middle++).end();
                }
                return from >= end;
            }
        }
        return false;
    }
}
