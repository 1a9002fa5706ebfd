package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.trace.Collector;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import dev.godwit.trace.SpaceKind;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A JVM that never was, with the heap of a serial collector: it fills Eden from bottom to top at a constant rate, collects, keeps
 * so much alive in its survivor spaces, and writes random pages of its old generation. All of it is made up, for illustration.
 *
 * <pre>
 *  Eden | survivors | survivors | old
 * </pre>
 */
final class MadeUpJvm {
    private static final int PAGE = Trial.PAGE_BYTES;
    private static final int PAGES_PER_MEBIBYTE = (1 << 20) / PAGE;
    private static final long BASE = 0x7000_0000_0000L;
    private static final long INTERVAL_NANOS = 200_000_000;

    private final SplittableRandom random;
    private final List<TraceRecord> records = new ArrayList<>();
    private final List<HintEvent> hints = new ArrayList<>();
    private int edenPages = 64 * PAGES_PER_MEBIBYTE;
    private int survivorPages = 8 * PAGES_PER_MEBIBYTE;
    private int alivePages = 2 * PAGES_PER_MEBIBYTE;
    private int oldPages = 64 * PAGES_PER_MEBIBYTE;
    private int allocatedPages = 20 * PAGES_PER_MEBIBYTE;
    private int oldWrites = 40;
    private long collectionNanos = 10_000_000;
    private int intervals = 150;
    private boolean fromFirst = true;
    private int edenUsed;
    private long epoch;

    MadeUpJvm(long seed) {
        random = new RandomStreams(seed).stream("made-up JVM");
    }

    /** Size of Eden, what of it survives a collection, and how long that takes. */
    MadeUpJvm young(int edenMebibytes, int aliveMebibytes, long nanosOfCollection) {
        edenPages = edenMebibytes * PAGES_PER_MEBIBYTE;
        alivePages = aliveMebibytes * PAGES_PER_MEBIBYTE;
        survivorPages = alivePages + PAGES_PER_MEBIBYTE;
        collectionNanos = nanosOfCollection;
        return this;
    }

    /** How much is allocated, and how many pages of the old generation are written, in a second. */
    MadeUpJvm writes(int mebibytesPerSecond, int oldPagesPerSecond) {
        long perSecond = 1_000_000_000L / INTERVAL_NANOS;
        allocatedPages = (int) ((long) mebibytesPerSecond * PAGES_PER_MEBIBYTE / perSecond);
        oldWrites = (int) (oldPagesPerSecond / perSecond);
        return this;
    }

    MadeUpJvm old(int mebibytes) {
        oldPages = mebibytes * PAGES_PER_MEBIBYTE;
        return this;
    }

    MadeUpJvm seconds(int seconds) {
        intervals = (int) (seconds * 1_000_000_000L / INTERVAL_NANOS);
        return this;
    }

    MadeUpJvm section(String name, long fromNanos, long nanos) {
        hints.add(new HintEvent(fromNanos, HintEvent.Type.CRITICAL_OPEN, name, "main", 0, 1));
        hints.add(new HintEvent(fromNanos + nanos, HintEvent.Type.CRITICAL_CLOSE, name, "main", nanos, 1));
        return this;
    }

    MadeUpJvm quiet(String name, long fromNanos, long nanos) {
        hints.add(new HintEvent(fromNanos, HintEvent.Type.QUIET, name, "main", nanos, 1));
        return this;
    }

    /** Memory that the heap takes. */
    long heapBytes() {
        return (edenPages + 2L * survivorPages + oldPages) * PAGE;
    }

    RecordedRun record() {
        records.add(new JvmFacts(
                0,
                0,
                1,
                "made-up JVM",
                "0",
                "17",
                "made up",
                List.of(),
                Collector.SERIAL,
                heapBytes(),
                2,
                PAGE,
                PageTracker.USERFAULTFD_WP_ASYNC,
                true,
                INTERVAL_NANOS));
        records.add(new MemoryMap(
                0, List.of(new MemoryMap.Mapping(BASE, BASE + heapBytes(), MappingKind.HEAP, "rw-p", "", 0))));
        PageRuns all =
                new PageRuns.Builder().add(BASE / PAGE, heapBytes() / PAGE).build();
        records.add(new DirtyPages(0, 0, 0, all, PageRuns.empty(), PageRuns.empty()));
        for (int i = 0; i < intervals; i++) {
            addInterval(i * INTERVAL_NANOS);
        }
        records.addAll(hints);
        records.add(new TraceEnd(intervals * INTERVAL_NANOS, records.size(), TraceEnd.Reason.COMPLETED));
        return RecordedRun.of(records);
    }

    private void addInterval(long fromNanos) {
        BitSet written = new BitSet();
        addLayout(fromNanos + 1);
        int left = allocatedPages;
        long now = fromNanos + 2;
        while (left > 0) {
            int step = Math.min(left, edenPages - edenUsed);
            written.set(edenUsed, edenUsed + step);
            edenUsed += step;
            left -= step;
            // The last tenth of the interval is left for collections.
            now += (long) step * (INTERVAL_NANOS * 9 / 10) / allocatedPages;
            if (edenUsed == edenPages) {
                collect(now, written);
                now += 2;
            }
        }
        for (int i = 0; i < oldWrites; i++) {
            written.set(edenPages + 2 * survivorPages + random.nextInt(oldPages));
        }
        records.add(new DirtyPages(
                fromNanos, fromNanos + INTERVAL_NANOS, epoch, runs(written), PageRuns.empty(), PageRuns.empty()));
    }

    private void collect(long nowNanos, BitSet written) {
        epoch++;
        fromFirst = !fromFirst;
        long old = (long) oldPages * PAGE;
        long alive = (long) alivePages * PAGE;
        records.add(new GarbageCollection(
                nowNanos,
                collectionNanos,
                epoch,
                GarbageCollection.Type.YOUNG,
                "Copy",
                "end of minor GC",
                "Allocation Failure",
                false,
                (long) edenPages * PAGE,
                alive,
                alive,
                old,
                old));
        int survivors = edenPages + (fromFirst ? 0 : survivorPages);
        written.set(survivors, survivors + alivePages);
        edenUsed = 0;
        addLayout(nowNanos + 1);
    }

    private void addLayout(long nowNanos) {
        long first = BASE + (long) edenPages * PAGE;
        long second = first + (long) survivorPages * PAGE;
        long old = second + (long) survivorPages * PAGE;
        long end = BASE + heapBytes();
        long alive = (long) alivePages * PAGE;
        records.add(new HeapLayout(
                nowNanos,
                epoch,
                new SpaceKind[] {
                    SpaceKind.EDEN,
                    fromFirst ? SpaceKind.SURVIVOR : SpaceKind.FREE,
                    fromFirst ? SpaceKind.FREE : SpaceKind.SURVIVOR,
                    SpaceKind.OLD
                },
                new long[] {BASE, first, second, old},
                new long[] {
                    BASE + (long) edenUsed * PAGE,
                    fromFirst ? first + alive : first,
                    fromFirst ? second : second + alive,
                    end
                },
                new long[] {first, second, old, end}));
    }

    private static PageRuns runs(BitSet pages) {
        PageRuns.Builder runs = new PageRuns.Builder();
        for (int from = pages.nextSetBit(0); from >= 0; ) {
            int end = pages.nextClearBit(from);
            runs.add(BASE / PAGE + from, end - from);
            from = pages.nextSetBit(end);
        }
        return runs.build();
    }
}
