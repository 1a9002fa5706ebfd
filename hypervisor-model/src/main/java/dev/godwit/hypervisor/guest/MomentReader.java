package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.MemoryKind;
import java.util.List;
import java.util.Optional;

/**
 * What an agent would have said at any moment of a trace.
 *
 * <p>From its signals, as far as it has them. Else Eden's fill is recorded where a collection begins, and in between it is taken
 * to rise evenly. All rates are of the past:
 * nothing of what is said here is known from the future of the trace but the fill of Eden, which an agent reads.
 */
final class MomentReader {
    private static final int MOST_COLLECTIONS_REMEMBERED = 5;
    private static final long RATE_NANOS = 1_000_000_000;

    private final RecordedRun run;
    private final List<GarbageCollection> young;
    /** Bytes written outside the young generation from the first interval up to each. */
    private final long[] outsideYoung;

    MomentReader(RecordedRun run) {
        this.run = run;
        young = run.collections().stream()
                .filter(collection -> collection.type() == GarbageCollection.Type.YOUNG)
                .toList();
        outsideYoung = new long[run.intervalCount() + 1];
        for (int i = 0; i < run.intervalCount(); i++) {
            outsideYoung[i + 1] = outsideYoung[i] + outsideYoungBytes(run, i);
        }
    }

    private static long outsideYoungBytes(RecordedRun run, int interval) {
        WrittenPages written = run.intervals().get(interval).written();
        long pages = 0;
        for (int r = 0; r < written.runs(); r++) {
            MemoryKind kind = PageContent.kind(written.kindCode(r));
            boolean isYoung = kind == MemoryKind.EDEN || kind == MemoryKind.SURVIVOR || kind == MemoryKind.HEAP_FREE;
            pages += isYoung ? 0 : written.count(r);
        }
        return pages * run.facts().pageSizeBytes();
    }

    GuestMoment at(long traceNanos) {
        Optional<JvmSignals> told = run.signalsAt(traceNanos);
        int last = Times.lastAtOrBefore(young, traceNanos);
        boolean sampled = told.isPresent() && told.get().edenCapacityBytes() > 0;
        double rate = told.flatMap(now -> sampledRate(now, traceNanos)).orElseGet(() -> allocationRate(last));
        return new GuestMoment(
                told.map(JvmSignals::openCriticalSections).orElse(0L).intValue(),
                told.map(JvmSignals::oldestCriticalNanos).orElse(0L),
                told.map(JvmSignals::criticalNames).orElse(List.of()),
                told.map(JvmSignals::quietRemainingNanos).orElse(0L),
                told.map(JvmSignals::busyRemainingNanos).orElse(0L),
                sampled ? told.get().edenUsedBytes() : edenUsed(last, traceNanos),
                sampled
                        ? told.get().edenCapacityBytes()
                        : last < 0 ? 0 : young.get(last).edenBeforeBytes(),
                rate,
                last < 0 ? GuestMoment.NOT_KNOWN : Math.max(0, traceNanos - end(young.get(last))),
                outsideYoungRate(traceNanos, true),
                outsideYoungRate(traceNanos, false));
    }

    /** Over the last second; empty where nothing was sampled. */
    private Optional<Double> sampledRate(JvmSignals now, long traceNanos) {
        return run.signalsAt(Math.max(0, traceNanos - RATE_NANOS))
                .map(now::allocationBytesPerSecond)
                .filter(rate -> rate > 0);
    }

    /** Over the last cycle that is complete; 0 before the second collection. */
    private double allocationRate(int last) {
        if (last < 1) {
            return 0;
        }
        long nanos = young.get(last).timeNanos() - end(young.get(last - 1));
        return nanos <= 0 ? 0 : young.get(last).edenBeforeBytes() * 1e9 / nanos;
    }

    private long edenUsed(int last, long traceNanos) {
        if (last + 1 >= young.size()) {
            return last < 0 ? 0 : (long) (allocationRate(last) * Math.max(0, traceNanos - end(young.get(last))) / 1e9);
        }
        long from = last < 0 ? 0 : end(young.get(last));
        GarbageCollection next = young.get(last + 1);
        double share = (double) Math.max(0, traceNanos - from) / Math.max(1, next.timeNanos() - from);
        return (long) (Math.min(1, share) * next.edenBeforeBytes());
    }

    private static long end(GarbageCollection collection) {
        return collection.timeNanos() + collection.durationNanos();
    }

    /** Of the last whole interval, or of all up to it. */
    private double outsideYoungRate(long traceNanos, boolean lately) {
        int whole = run.intervalAt(traceNanos);
        if (whole <= 0) {
            return 0;
        }
        int from = lately ? whole - 1 : 0;
        long nanos = 0;
        for (int i = from; i < whole; i++) {
            nanos += run.intervals().get(i).nanos();
        }
        return (outsideYoung[whole] - outsideYoung[from]) * 1e9 / nanos;
    }

    /**
     * How long a young collection stops the application, by the last few before a moment: their median; of a trace that has
     * had none yet, the first.
     */
    long collectionNanos(long traceNanos) {
        int last = Times.lastAtOrBefore(young, traceNanos);
        if (last < 0) {
            return young.isEmpty() ? 0 : young.get(0).durationNanos();
        }
        List<Long> durations = young.subList(Math.max(0, last + 1 - MOST_COLLECTIONS_REMEMBERED), last + 1).stream()
                .map(GarbageCollection::durationNanos)
                .sorted()
                .toList();
        return durations.get(durations.size() / 2);
    }

    /** The next recorded young collection of this lap, else the first of the next one; null if there is none. */
    YoungCollection nextCollection(TracePosition position) {
        YoungCollection ofNextLap = null;
        for (YoungCollection candidate : run.youngCollections()) {
            long nanos = candidate.record().timeNanos();
            if (nanos > position.traceNanos()) {
                return candidate;
            }
            if (ofNextLap == null && nanos >= position.startOfLap()) {
                ofNextLap = candidate;
            }
        }
        return ofNextLap;
    }

    /** What the last young collection left alive, recorded or asked for; of a trace that has had none yet, the next one. */
    long survivorBytes(TracePosition position, GarbageCollection lastAskedFor) {
        GarbageCollection last = run.lastYoung(position.traceNanos(), lastAskedFor);
        if (last != null) {
            return YoungCollection.survivedBytes(last);
        }
        YoungCollection next = nextCollection(position);
        return next == null ? 0 : YoungCollection.survivedBytes(next.record());
    }
}
