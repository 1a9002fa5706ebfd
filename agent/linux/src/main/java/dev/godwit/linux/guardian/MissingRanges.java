package dev.godwit.linux.guardian;

import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.RemoteWrites;
import java.util.Arrays;
import java.util.List;

/**
 * Which ranges of a process to register so that some of its pages can be missing: per mapping from the first such page to
 * the last, without gaps of 4 MiB and more. What was never used stays outside, so that using it costs nothing; small gaps
 * stay inside, as every range splits a mapping.
 */
public final class MissingRanges {
    private static final long GAP_BYTES = 4 << 20;

    private long[] starts = new long[64];
    private long[] ends = new long[64];
    private int count;

    private MissingRanges() {}

    /**
     * Chooses the ranges.
     *
     * @param maps mappings of the stopped process
     * @param pageStarts first addresses of the runs of pages that will be missing, ascending
     * @param pageEnds addresses behind them
     * @param runs number of runs
     * @throws IllegalArgumentException if a run is not inside of private anonymous mappings
     */
    public static MissingRanges of(List<ProcessMaps.Entry> maps, long[] pageStarts, long[] pageEnds, int runs) {
        MissingRanges ranges = new MissingRanges();
        int run = 0;
        long at = runs > 0 ? pageStarts[0] : 0;
        for (ProcessMaps.Entry mapping : maps) {
            boolean fresh = true;
            while (run < runs && at < mapping.end()) {
                if (at < mapping.start() || !RemoteWrites.isTracked(mapping)) {
                    throw new IllegalArgumentException("pages at 0x" + Long.toHexString(at)
                            + " are not private anonymous memory: next mapping " + mapping);
                }
                long stop = Math.min(pageEnds[run], mapping.end());
                ranges.add(at, stop, fresh);
                fresh = false;
                at = stop;
                if (at == pageEnds[run] && ++run < runs) {
                    at = pageStarts[run];
                }
            }
        }
        if (run < runs) {
            throw new IllegalArgumentException("pages at 0x" + Long.toHexString(at) + " are not mapped");
        }
        return ranges;
    }

    private void add(long start, long end, boolean fresh) {
        if (!fresh && start - ends[count - 1] < GAP_BYTES) {
            ends[count - 1] = end;
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        starts[count] = start;
        ends[count++] = end;
    }

    /** Number of ranges. */
    public int count() {
        return count;
    }

    /** First addresses; the first {@link #count} count. */
    long[] starts() {
        return starts;
    }

    /** Addresses behind the ranges. */
    long[] ends() {
        return ends;
    }
}
