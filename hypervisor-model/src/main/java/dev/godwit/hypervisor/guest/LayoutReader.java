package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.Optional;

/**
 * The heap layout as an agent would read it at any moment of a replay.
 *
 * <p>A trace holds layouts of some moments. Between two of them objects were allocated, so the older one's tops are too
 * low: this reader raises them over every page written since, and takes a free region that was written for Eden. What
 * it gives declares no page empty that the replay wrote after the recorded layout.
 */
final class LayoutReader {
    private final RecordedRun run;
    private final PageBitmap writtenSince;
    private int index = -1;

    LayoutReader(RecordedRun run) {
        this.run = run;
        this.writtenSince = new PageBitmap(run.pages().size());
    }

    /** Goes to the recorded layout with an index, -1 for none; nothing was written since. */
    void moveTo(int layoutIndex) {
        index = layoutIndex;
        writtenSince.clear();
    }

    /** Goes to the last layout before the start of a lap; what was written between the two is taken as written since. */
    void moveToStartOfLap(TracePosition position) {
        long start = position.startOfLap();
        moveTo(Times.lastAtOrBefore(run.layouts(), start));
        if (index < 0) {
            return;
        }
        for (int i = position.firstInterval() - 1; i >= 0; i--) {
            Interval interval = run.intervals().get(i);
            if (interval.toNanos() <= run.layouts().get(index).timeNanos()) {
                break;
            }
            WrittenPages written = interval.written();
            for (int r = 0; r < written.runs(); r++) {
                for (int page = 0; page < written.count(r); page++) {
                    writtenSince.set(written.first(r) + page);
                }
            }
        }
    }

    /** Trace time of the next recorded layout, {@link Long#MAX_VALUE} if there is none. */
    long nextNanos() {
        return index + 1 < run.layouts().size() ? run.layouts().get(index + 1).timeNanos() : Long.MAX_VALUE;
    }

    void moveToNext() {
        moveTo(index + 1);
    }

    void written(int page) {
        writtenSince.set(page);
    }

    /** Index of the recorded layout in force, -1 if there is none. */
    int index() {
        return index;
    }

    /** Reads the layout. Cost: spaces plus an eighth of a byte for each page of the JVM. */
    Optional<HeapLayout> read(long nowNanos, long epochOffset) {
        if (index < 0) {
            return Optional.empty();
        }
        HeapLayout recorded = run.layouts().get(index);
        int count = recorded.size();
        SpaceKind[] kinds = new SpaceKind[count];
        long[] bottoms = new long[count];
        long[] tops = new long[count];
        long[] ends = new long[count];
        for (int i = 0; i < count; i++) {
            bottoms[i] = recorded.bottom(i);
            ends[i] = recorded.end(i);
            kinds[i] = recorded.kind(i);
            long writtenEnd = endOfLastWritten(bottoms[i], ends[i]);
            boolean written = writtenEnd > bottoms[i];
            if (kinds[i] == SpaceKind.FREE && written) {
                kinds[i] = SpaceKind.EDEN;
                tops[i] = writtenEnd;
            } else {
                tops[i] = Math.max(recorded.top(i), writtenEnd);
            }
        }
        return Optional.of(new HeapLayout(nowNanos, recorded.epoch() + epochOffset, kinds, bottoms, tops, ends));
    }

    /** Address behind the last page in a range that was written since the recorded layout, {@code low} if none was. */
    private long endOfLastWritten(long low, long high) {
        int pageSize = run.facts().pageSizeBytes();
        int from = run.pages().indexAtOrAfter(low / pageSize);
        int to = run.pages().indexAtOrAfter((high + pageSize - 1) / pageSize);
        int last = writtenSince.previous(to - 1);
        if (last < from) {
            return low;
        }
        return Math.max(low, Math.min(high, (run.pages().page(last) + 1) * pageSize));
    }
}
