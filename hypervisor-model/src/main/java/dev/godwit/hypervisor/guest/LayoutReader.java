package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.machine.Program;
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
    /** From which interval on pages may have been written since the layout in force. */
    private int sinceInterval;
    /** Position in the schedule of {@link #sinceInterval} from which on that is so. */
    private int sincePosition;

    LayoutReader(RecordedRun run) {
        this.run = run;
        this.writtenSince = new PageBitmap(run.pages().size());
    }

    /**
     * Goes to a recorded layout.
     *
     * @param layoutIndex -1 for none
     * @param interval where the replay is
     * @param position how far it has written that interval's pages: nothing before was written since the layout
     */
    void moveTo(int layoutIndex, int interval, int position) {
        index = layoutIndex;
        sinceInterval = interval;
        sincePosition = position;
    }

    /**
     * Goes to the last layout before the beginning of an interval, at which a replay or a lap of it begins; what was written
     * between the two is taken as written since.
     */
    void moveToStartOf(TracePosition position) {
        int layoutIndex = Times.lastAtOrBefore(run.layouts(), position.current().fromNanos());
        int interval = position.interval();
        while (layoutIndex >= 0
                && interval > 0
                && run.intervals().get(interval - 1).toNanos()
                        > run.layouts().get(layoutIndex).timeNanos()) {
            interval--;
        }
        moveTo(layoutIndex, interval, 0);
    }

    /** Trace time of the next recorded layout, {@link Long#MAX_VALUE} if there is none. */
    long nextNanos() {
        return index + 1 < run.layouts().size() ? run.layouts().get(index + 1).timeNanos() : Long.MAX_VALUE;
    }

    void moveToNext(int interval, int position) {
        moveTo(index + 1, interval, position);
    }

    /** Index of the recorded layout in force, -1 if there is none. */
    int index() {
        return index;
    }

    /** Remembers the layout in force. */
    Program.Mark mark() {
        int markedIndex = index;
        int markedInterval = sinceInterval;
        int markedPosition = sincePosition;
        return () -> moveTo(markedIndex, markedInterval, markedPosition);
    }

    private void findWrittenSince(int interval, WriteSchedule schedule, int position) {
        writtenSince.clear();
        for (int i = sinceInterval; i < interval; i++) {
            WrittenPages written = run.intervals().get(i).written();
            for (int r = 0; r < written.runs(); r++) {
                for (int page = 0; page < written.count(r); page++) {
                    writtenSince.set(written.first(r) + page);
                }
            }
        }
        for (int at = sinceInterval == interval ? sincePosition : 0; at < position; at++) {
            writtenSince.set(schedule.index(at));
        }
    }

    /**
     * Reads the layout. Cost: spaces, pages written since the recorded one, and a bit for each page of the JVM.
     *
     * @param now where the replay is
     * @param schedule of the interval that it is in
     * @param position how far it has written that
     */
    Optional<HeapLayout> read(TracePosition now, WriteSchedule schedule, int position) {
        if (index < 0) {
            return Optional.empty();
        }
        findWrittenSince(now.interval(), schedule, position);
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
        return Optional.of(
                new HeapLayout(now.traceNanos(), recorded.epoch() + now.epochOffset(), kinds, bottoms, tops, ends));
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
