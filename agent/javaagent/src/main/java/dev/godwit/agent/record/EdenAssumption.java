package dev.godwit.agent.record;

import dev.godwit.agent.heap.VmRanges.Range;
import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Derives from heap layouts which pages of Eden were written in an interval, when they are not tracked: objects are born
 * there, one behind the other, so what lies between the top at the last scan and the top now was written since, and
 * what a collection emptied was written up to where Eden had been filled. A young object that is changed an interval
 * after its birth is not seen; next to the births that is little. Not thread-safe.
 */
final class EdenAssumption {
    private final boolean isG1;
    private final int pageShift;
    private final List<Range> written = new ArrayList<>();
    /** Top of each Eden space when it was last reported, by its bottom. */
    private final Map<Long, Long> reportedTops = new HashMap<>();

    EdenAssumption(Collector collector, int pageSizeBytes) {
        isG1 = collector == Collector.G1;
        pageShift = Integer.numberOfTrailingZeros(pageSizeBytes);
    }

    /** What need not be tracked from this layout on: ascending, joined where they touch. */
    List<Range> untracked(HeapLayout layout) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < layout.size(); i++) {
            if (mayBecomeEden(layout.kind(i))) {
                add(ranges, layout.bottom(i), layout.end(i));
            }
        }
        return ranges;
    }

    /**
     * With G1 a free region may become part of Eden at any time. What is free with Parallel and Serial is the idle
     * survivor space, which the next collection fills.
     */
    private boolean mayBecomeEden(SpaceKind kind) {
        return kind == SpaceKind.EDEN || (isG1 && kind == SpaceKind.FREE);
    }

    /**
     * A collection emptied Eden.
     *
     * @param before the last layout before it
     * @param edenBytes what Eden held when the collection began; zero if that is not known
     */
    void collected(HeapLayout before, long edenBytes) {
        long known = Math.max(edenBytes, before.usedBytes(SpaceKind.EDEN));
        if (isG1) {
            addRegions(before, known);
        } else {
            for (int i = 0; i < before.size(); i++) {
                if (before.kind(i) == SpaceKind.EDEN) {
                    long filled = edenBytes == 0 ? before.end(i) : before.bottom(i) + known;
                    addUnreported(before.bottom(i), Math.min(before.end(i), filled));
                }
            }
        }
        reportedTops.clear();
    }

    private void addUnreported(long bottom, long filled) {
        long from = reportedTops.getOrDefault(bottom, bottom);
        if (from < filled) {
            written.add(new Range(from, filled));
        }
    }

    /** G1 gives Eden the free region of the highest address (HeapRegionManager::allocate_free_region). */
    private void addRegions(HeapLayout before, long bytes) {
        long left = bytes;
        for (SpaceKind kind : List.of(SpaceKind.EDEN, SpaceKind.FREE)) {
            for (int i = before.size() - 1; i >= 0 && left > 0; i--) {
                if (before.kind(i) == kind) {
                    addUnreported(before.bottom(i), before.end(i));
                    left -= before.end(i) - before.bottom(i);
                }
            }
        }
    }

    /**
     * Ends an interval.
     *
     * @param now the layout at its end
     * @param tracked pages that were found written by tracking
     * @return pages of Eden that were written in the interval, without the tracked ones
     */
    PageRuns take(HeapLayout now, PageRuns tracked) {
        Map<Long, Long> tops = new HashMap<>();
        for (int i = 0; i < now.size(); i++) {
            if (now.kind(i) == SpaceKind.EDEN) {
                addUnreported(now.bottom(i), now.top(i));
                tops.put(now.bottom(i), now.top(i));
            }
        }
        reportedTops.clear();
        reportedTops.putAll(tops);
        written.sort(Comparator.comparingLong(Range::start));
        PageRuns.Builder all = new PageRuns.Builder();
        for (Range range : written) {
            long first = range.start() >> pageShift;
            long end = (range.end() + (1L << pageShift) - 1) >> pageShift;
            if (end > first) {
                all.add(first, end - first);
            }
        }
        written.clear();
        return all.build().minus(tracked);
    }

    private static void add(List<Range> ranges, long start, long end) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).end() == start) {
            ranges.set(last, new Range(ranges.get(last).start(), end));
        } else if (start < end) {
            ranges.add(new Range(start, end));
        }
    }
}
