package dev.godwit.hypervisor.guest;

import dev.godwit.trace.Collector;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
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
 * A made-up JVM with the heap of a serial collector, recorded: it fills Eden from bottom to top, collects, keeps a few
 * survivors, promotes a little, and writes some of its old generation.
 */
public final class SyntheticTrace {
    public static final int PAGE = 4096;
    public static final long MS = 1_000_000L;

    private final List<TraceRecord> records = new ArrayList<>();
    private final SplittableRandom random;
    private final long base;
    private long heapBytes;
    private int edenPages = 4096;
    private int survivorPages = 512;
    private int oldPages = 8192;
    private int oldUsed = 4096;
    private int survivors = 256;
    private int promoted = 16;
    private int nativePages = 1024;
    private int edenPerInterval = 1500;
    private int oldWrites = 64;
    private int intervals = 40;
    private long intervalNanos = 100 * MS;
    private long collectionNanos = 1 * MS;
    private boolean layouts = true;
    private boolean machine = true;
    private final List<ContentSample> samples = new ArrayList<>();
    private final List<HintEvent> hints = new ArrayList<>();

    public SyntheticTrace(long seed) {
        random = new SplittableRandom(seed);
        base = 0x7000_0000_0000L;
    }

    public SyntheticTrace eden(int pages, int perInterval) {
        edenPages = pages;
        edenPerInterval = perInterval;
        return this;
    }

    public SyntheticTrace old(int pages, int used, int writesPerInterval) {
        oldPages = pages;
        oldUsed = used;
        oldWrites = writesPerInterval;
        return this;
    }

    public SyntheticTrace survivors(int capacity, int alive, int promotedPerCollection) {
        survivorPages = capacity;
        survivors = alive;
        promoted = promotedPerCollection;
        return this;
    }

    public SyntheticTrace intervals(int count, long nanos) {
        intervals = count;
        intervalNanos = nanos;
        return this;
    }

    public SyntheticTrace withoutLayouts() {
        layouts = false;
        return this;
    }

    public SyntheticTrace withoutMachine() {
        machine = false;
        return this;
    }

    public SyntheticTrace sample(ContentSample sample) {
        samples.add(sample);
        return this;
    }

    /** Time that each collection stops the application. */
    public SyntheticTrace collections(long nanos) {
        collectionNanos = nanos;
        return this;
    }

    /** A critical section. */
    public SyntheticTrace section(String name, long fromNanos, long nanos) {
        hints.add(new HintEvent(fromNanos, HintEvent.Type.CRITICAL_OPEN, name, "main", 0, 1));
        hints.add(new HintEvent(fromNanos + nanos, HintEvent.Type.CRITICAL_CLOSE, name, "main", nanos, 1));
        return this;
    }

    public SyntheticTrace hint(HintEvent hint) {
        hints.add(hint);
        return this;
    }

    public RecordedRun record() {
        return RecordedRun.of(records());
    }

    public List<TraceRecord> records() {
        records.clear();
        heapBytes = (edenPages + 2L * survivorPages + oldPages) * PAGE;
        records.add(facts(Collector.SERIAL, heapBytes, intervalNanos));
        records.add(new MemoryMap(
                0,
                List.of(
                        new MemoryMap.Mapping(base, base + heapBytes, MappingKind.HEAP, "rw-p", "", 0),
                        new MemoryMap.Mapping(
                                nativeBase(),
                                nativeBase() + (long) nativePages * PAGE,
                                MappingKind.NATIVE,
                                "rw-p",
                                "",
                                0))));
        if (machine) {
            records.add(machine(0, 1000));
        }
        records.add(new ContentSample(0, MemoryKind.OLD, 100, 10, 50, 5000, 100_000, 80_000));
        records.addAll(samples);
        PageRuns all = new PageRuns.Builder()
                .add(base / PAGE, heapBytes / PAGE)
                .add(nativeBase() / PAGE, nativePages)
                .build();
        records.add(new DirtyPages(0, 0, 0, all, PageRuns.empty(), PageRuns.empty()));
        run();
        records.addAll(hints);
        if (machine) {
            records.add(machine(intervals * intervalNanos, 1000 + 20L * intervals));
        }
        records.add(new TraceEnd(intervals * intervalNanos, records.size(), TraceEnd.Reason.COMPLETED));
        return records;
    }

    private void run() {
        long epoch = 0;
        int used = 0;
        int old = oldUsed;
        boolean fromFirst = true;
        for (int i = 0; i < intervals; i++) {
            long from = i * intervalNanos;
            PageSet written = new PageSet(base / PAGE);
            addLayout(from + 1, epoch, used, fromFirst, survivors, old);
            int left = edenPerInterval;
            long now = from + 2;
            while (left > 0) {
                int step = Math.min(left, edenPages - used);
                written.add(base / PAGE + used, step);
                used += step;
                left -= step;
                now += (long) step * (intervalNanos * 9 / 10) / edenPerInterval - 2;
                if (used == edenPages) {
                    epoch++;
                    fromFirst = !fromFirst;
                    int promotion = Math.min(promoted, oldPages - old);
                    addCollection(now, epoch, old, promotion);
                    written.add(survivorBase(fromFirst), survivors);
                    written.add(oldBase() / PAGE + old, promotion);
                    old += promotion;
                    used = 0;
                    addLayout(now + collectionNanos + 1, epoch, 0, fromFirst, survivors, old);
                }
            }
            for (int k = 0; k < oldWrites; k++) {
                written.add(oldBase() / PAGE + random.nextInt(old), 1);
            }
            written.add(nativeBase() / PAGE + random.nextInt(nativePages), 1);
            records.add(new DirtyPages(
                    from, from + intervalNanos, epoch, written.build(), PageRuns.empty(), PageRuns.empty()));
        }
    }

    private void addCollection(long now, long epoch, int old, int promotion) {
        records.add(new GarbageCollection(
                now,
                collectionNanos,
                epoch,
                GarbageCollection.Type.YOUNG,
                "Copy",
                "end of minor GC",
                "Allocation Failure",
                false,
                (long) edenPages * PAGE,
                (long) survivors * PAGE,
                (long) survivors * PAGE,
                (long) old * PAGE,
                (long) (old + promotion) * PAGE));
    }

    private void addLayout(long now, long epoch, int edenUsed, boolean fromFirst, int alive, int old) {
        if (!layouts) {
            return;
        }
        long eden = base;
        long first = eden + (long) edenPages * PAGE;
        long second = first + (long) survivorPages * PAGE;
        long oldStart = oldBase();
        long oldEnd = oldStart + (long) oldPages * PAGE;
        long aliveBytes = (long) alive * PAGE - 100;
        records.add(new HeapLayout(
                now,
                epoch,
                new SpaceKind[] {
                    SpaceKind.EDEN,
                    fromFirst ? SpaceKind.SURVIVOR : SpaceKind.FREE,
                    fromFirst ? SpaceKind.FREE : SpaceKind.SURVIVOR,
                    SpaceKind.OLD
                },
                new long[] {eden, first, second, oldStart},
                new long[] {
                    eden + (long) edenUsed * PAGE,
                    fromFirst ? first + aliveBytes : first,
                    fromFirst ? second : second + aliveBytes,
                    oldStart + (long) old * PAGE
                },
                new long[] {first, second, oldStart, oldEnd}));
    }

    private long survivorBase(boolean first) {
        return base / PAGE + edenPages + (first ? 0 : survivorPages);
    }

    private long oldBase() {
        return base + (edenPages + 2L * survivorPages) * PAGE;
    }

    private long nativeBase() {
        return base + heapBytes + (1L << 30);
    }

    /** Facts of a JVM that never was. */
    public static JvmFacts facts(Collector collector, long heapBytes, long intervalNanos) {
        return new JvmFacts(
                0,
                0,
                4711,
                "Synthetic VM",
                "1",
                "17.0.0",
                "Synthetic",
                List.of(),
                collector,
                heapBytes,
                2,
                PAGE,
                PageTracker.USERFAULTFD_WP_ASYNC,
                true,
                intervalNanos);
    }

    /** Memory of a machine of 8 GiB. */
    public static MachineMemory machine(long timeNanos, long dirtiedPages) {
        return new MachineMemory(
                timeNanos, 8L << 30, 512L << 20, 2L << 30, 1L << 30, 4L << 30, 512L << 20, dirtiedPages);
    }

    /** A set of pages at or above a first one, given in any order. */
    private static final class PageSet {
        private final long origin;
        private final BitSet pages = new BitSet();

        PageSet(long origin) {
            this.origin = origin;
        }

        void add(long first, int count) {
            pages.set((int) (first - origin), (int) (first - origin) + count);
        }

        PageRuns build() {
            PageRuns.Builder runs = new PageRuns.Builder();
            for (int from = pages.nextSetBit(0); from >= 0; ) {
                int end = pages.nextClearBit(from);
                runs.add(origin + from, end - from);
                from = pages.nextSetBit(end);
            }
            return runs.build();
        }
    }
}
