package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.machine.Program;

/**
 * Where a replay is in its trace.
 *
 * <p>The replay begins at the interval that contains the asked-for moment, or begins after it, runs through the intervals
 * one after the other (time that no interval covers is skipped) and, behind the last one, goes on with the first one of a
 * lap, which is the one it began with unless another was asked for. Each lap is a new stretch of epochs, so that an epoch
 * never comes back.
 */
final class TracePosition {
    private final RecordedRun run;
    private final int firstInterval;
    private final long epochsPerLap;
    private int interval;
    private long offsetNanos;
    private long laps;

    /**
     * @param startNanos trace time to begin at
     * @throws UnusableTraceException if it lies behind the trace's last interval
     */
    TracePosition(RecordedRun run, long startNanos) {
        this(run, startNanos, startNanos);
    }

    /**
     * @param startNanos trace time to begin at
     * @param lapNanos trace time to go on at behind the trace's end, not after the start
     * @throws UnusableTraceException if one of them lies behind the trace's last interval
     */
    TracePosition(RecordedRun run, long startNanos, long lapNanos) {
        this.run = run;
        firstInterval = intervalFor(run, lapNanos);
        interval = intervalFor(run, startNanos);
        epochsPerLap = run.epochAt(run.lastNanos()) - run.epochAt(startOfLap()) + 1;
    }

    private static int intervalFor(RecordedRun run, long startNanos) {
        int first = 0;
        while (first < run.intervalCount() && run.intervals().get(first).toNanos() <= startNanos) {
            first++;
        }
        if (startNanos < 0 || first == run.intervalCount()) {
            throw new UnusableTraceException(
                    "start at " + startNanos / 1_000_000 + " ms: the trace's pages were tracked from "
                            + run.firstNanos() / 1_000_000 + " to " + run.lastNanos() / 1_000_000
                            + " ms; give a start between the two");
        }
        return first;
    }

    int interval() {
        return interval;
    }

    Interval current() {
        return run.intervals().get(interval);
    }

    /** Time since the current interval began. */
    long offsetNanos() {
        return offsetNanos;
    }

    /** Where the replay is, as trace time. */
    long traceNanos() {
        return current().fromNanos() + offsetNanos;
    }

    /** Trace time at which every lap begins, but perhaps the first. */
    long startOfLap() {
        return run.intervals().get(firstInterval).fromNanos();
    }

    /** Number of times that the replay began anew. */
    long laps() {
        return laps;
    }

    /** Added to recorded epochs, so that they rise from lap to lap. */
    long epochOffset() {
        return laps * epochsPerLap;
    }

    void advance(long nanos) {
        offsetNanos += nanos;
    }

    /** Goes to the beginning of the next interval; true if that began a new lap. */
    boolean nextInterval() {
        offsetNanos = 0;
        interval++;
        if (interval < run.intervalCount()) {
            return false;
        }
        interval = firstInterval;
        laps++;
        return true;
    }

    /** Jumps to a moment in an interval, of this lap or, if that lies behind, of the next one. */
    void jump(long traceNanos) {
        if (traceNanos < traceNanos()) {
            laps++;
        }
        interval = run.intervalAt(traceNanos);
        offsetNanos = traceNanos - current().fromNanos();
    }

    /** Remembers the position. */
    Program.Mark mark() {
        int markedInterval = interval;
        long markedOffset = offsetNanos;
        long markedLaps = laps;
        return () -> {
            interval = markedInterval;
            offsetNanos = markedOffset;
            laps = markedLaps;
        };
    }
}
