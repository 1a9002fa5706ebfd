package dev.godwit.trace;

import java.util.List;
import java.util.OptionalLong;

/**
 * What the JVM and the application tell at one moment about whether it is a good one: read by the agent, in a trace once per
 * interval, over the control channel whenever it is asked for. Since version 2 of the format.
 *
 * <p>Three figures are sums since the JVM started ({@code allocatedBytes}, {@code collections}, {@code compilationNanos}):
 * two readings give a rate. A figure that this JVM cannot tell is zero.
 *
 * @param timeNanos when it was read: since the recording began, or by {@code System.nanoTime} of the JVM when asked live
 * @param openCriticalSections sections that are open; a name's sections that overlap count each
 * @param oldestCriticalNanos how long the one that is open longest has been open, exact to one reading of the agent; zero if
 *     none is open
 * @param criticalNames names of what is open, the longest open first, at most {@link #MAX_NAMES}
 * @param quietRemainingNanos how long the application still expects to be quiet, zero if it does not
 * @param busyRemainingNanos how long it still expects to be busy, zero if it does not
 * @param edenUsedBytes filled part of Eden
 * @param edenCapacityBytes size at which the next young collection is due; zero if the collector has no Eden
 * @param allocatedBytes allocated by live and ended threads, or what filled Eden where the JVM does not tell
 * @param collections collections begun: the epoch of layouts
 * @param sinceCollectionNanos since the last collection ended, or since the JVM started
 * @param concurrentCycleRunning true while a concurrent cycle of the collector is known to run
 * @param compilationNanos time the compilers took, of all their threads; the JVM tells whole milliseconds
 * @param codeCacheUsedBytes compiled code in memory
 */
public record JvmSignals(
        long timeNanos,
        long openCriticalSections,
        long oldestCriticalNanos,
        List<String> criticalNames,
        long quietRemainingNanos,
        long busyRemainingNanos,
        long edenUsedBytes,
        long edenCapacityBytes,
        long allocatedBytes,
        long collections,
        long sinceCollectionNanos,
        boolean concurrentCycleRunning,
        long compilationNanos,
        long codeCacheUsedBytes)
        implements TraceRecord {

    /** Most names kept. */
    public static final int MAX_NAMES = 16;

    public JvmSignals {
        criticalNames = List.copyOf(criticalNames);
    }

    /** True while any critical section is open. */
    public boolean isCritical() {
        return openCriticalSections > 0;
    }

    /** Bytes allocated per second since an earlier reading; zero if no time has passed. */
    public double allocationBytesPerSecond(JvmSignals earlier) {
        return perNano(allocatedBytes - earlier.allocatedBytes, earlier) * 1e9;
    }

    /** How many compiler threads were at work since an earlier reading, on the average. */
    public double compilersBusy(JvmSignals earlier) {
        return perNano(compilationNanos - earlier.compilationNanos, earlier);
    }

    /** Bytes by which the compiled code grew per second since an earlier reading; negative if it shrank. */
    public double codeCacheGrowthPerSecond(JvmSignals earlier) {
        long nanos = timeNanos - earlier.timeNanos;
        return nanos <= 0 ? 0 : (codeCacheUsedBytes - earlier.codeCacheUsedBytes) * 1e9 / nanos;
    }

    /**
     * When Eden will be full, at the rate of allocation since an earlier reading: nanoseconds from this one on. Empty if Eden
     * is not known or nothing was allocated.
     */
    public OptionalLong nanosToYoungCollection(JvmSignals earlier) {
        double rate = allocationBytesPerSecond(earlier);
        if (edenCapacityBytes == 0 || rate <= 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of((long) (Math.max(0, edenCapacityBytes - edenUsedBytes) / rate * 1e9));
    }

    private double perNano(long difference, JvmSignals earlier) {
        long nanos = timeNanos - earlier.timeNanos;
        return nanos <= 0 ? 0 : Math.max(0, difference) / (double) nanos;
    }
}
