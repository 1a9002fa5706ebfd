package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.SpaceKind;
import dev.godwit.trace.TraceRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayedGuestTest {
    private static final long MEMORY = 256L << 20;
    private static final long INTERVAL = 100 * SyntheticTrace.MS;

    private final VirtualClock clock = new VirtualClock();
    private ReplayedGuest guest;
    private VirtualMachine machine;

    @Test
    void anIntervalWritesExactlyThePagesThatWereRecordedInIt() {
        List<TraceRecord> records = new SyntheticTrace(3).records();
        RecordedRun run = RecordedRun.of(records);
        start(run, 5 * INTERVAL);
        List<DirtyPages> recorded = intervals(records);

        for (int i = 5; i < 12; i++) {
            clock.advance(INTERVAL);
            BitSet expected = new BitSet();
            DirtyPages interval = recorded.get(i);
            for (int r = 0; r < interval.written().size(); r++) {
                int first = guest.frames()
                        .frameOf(run.pages().indexOf(interval.written().first(r)));
                expected.set(first, first + interval.written().count(r));
            }
            assertThat(jvmPages(scan())).as("interval %d", i).isEqualTo(expected);
        }
    }

    @Test
    void writesAreSpreadOverTheInterval() {
        start(new SyntheticTrace(3).record(), 5 * INTERVAL);
        clock.advance(INTERVAL / 2);
        int firstHalf = jvmPages(scan()).cardinality();
        clock.advance(INTERVAL / 2);
        int secondHalf = jvmPages(scan()).cardinality();

        assertThat(firstHalf).isBetween(secondHalf * 8 / 10, secondHalf * 12 / 10);
    }

    @Test
    void behindTheEndTheReplayGoesOnWithTheIntervalItBeganWith() {
        RecordedRun run = new SyntheticTrace(3).intervals(10, INTERVAL).record();
        start(run, 4 * INTERVAL);
        clock.advance(INTERVAL);
        BitSet first = jvmPages(scan());
        long epoch = guest.epoch();
        clock.advance(5 * INTERVAL);
        scan();
        assertThat(guest.laps()).isEqualTo(1);
        assertThat(guest.traceNanos()).isEqualTo(4 * INTERVAL);
        assertThat(guest.epoch()).isGreaterThan(epoch);

        clock.advance(INTERVAL);

        assertThat(jvmPages(scan())).isEqualTo(first);
    }

    @Test
    void epochsNeverFallAndLayoutsAreNeverOfALaterOne() {
        start(new SyntheticTrace(3).intervals(10, INTERVAL).record(), 2 * INTERVAL);
        long before = 0;
        for (int i = 0; i < 300; i++) {
            clock.advance(INTERVAL / 7);
            assertThat(guest.epoch()).isGreaterThanOrEqualTo(before);
            before = guest.epoch();
            assertThat(guest.readLayout().orElseThrow().epoch()).isLessThanOrEqualTo(before);
        }
        assertThat(guest.laps()).isPositive();
    }

    @Test
    void theLayoutReadAtAnyMomentDeclaresNoPageEmptyThatWasWrittenSinceTheRecordedOne() {
        RecordedRun run = new SyntheticTrace(3).record();
        start(run, 5 * INTERVAL);
        PageBitmap since = new PageBitmap(guest.frames().pages());
        int proven = 0;
        for (int i = 0; i < 400; i++) {
            long layoutBefore = Times.lastAtOrBefore(run.layouts(), guest.traceNanos());
            clock.advance(INTERVAL / 37);
            if (Times.lastAtOrBefore(run.layouts(), guest.traceNanos()) != layoutBefore) {
                since.clear();
                machine.memory()
                        .dirtyLog()
                        .getAndClear(new PageBitmap(guest.frames().pages()));
                continue;
            }
            machine.memory().dirtyLog().getAndClear(since);
            HeapLayout layout = guest.readLayout().orElseThrow();
            for (int gfn = since.next(0); gfn >= 0; gfn = since.next(gfn + 1)) {
                int index = guest.frames().jvmIndex(gfn);
                if (index >= 0) {
                    assertThat(holdsNothing(layout, run.pages().page(index) * SyntheticTrace.PAGE))
                            .isFalse();
                    proven++;
                }
            }
        }
        assertThat(proven).isPositive();
    }

    @Test
    void aCollectionTakesTheNextRecordedOnesTimePagesAndLayoutAndThenHoldsTheApplication() {
        RecordedRun run = new SyntheticTrace(3).record();
        start(run, 5 * INTERVAL);
        clock.advance(INTERVAL / 3);
        scan();
        long before = clock.nanos();
        assertThat(guest.prepare()).isTrue();
        assertThat(guest.isPrepared()).isFalse();

        guest.awaitPrepared();

        assertThat(guest.isPrepared()).isTrue();
        assertThat(clock.nanos() - before).isEqualTo(SyntheticTrace.MS);
        assertThat(guest.lastCollectionNanos()).isEqualTo(SyntheticTrace.MS);
        HeapLayout layout = guest.readLayout().orElseThrow();
        assertThat(layout.epoch()).isEqualTo(guest.epoch());
        assertThat(layout.usedBytes(SpaceKind.EDEN)).isZero();
        int survivors = 0;
        PageBitmap written = scan();
        for (int gfn = written.next(0); gfn >= 0; gfn = written.next(gfn + 1)) {
            survivors += PageContent.kindCode(machine.memory().read(gfn)) == MemoryKind.SURVIVOR.code() ? 1 : 0;
            assertThat(PageContent.kindCode(machine.memory().read(gfn))).isNotEqualTo(MemoryKind.EDEN.code());
        }
        assertThat(survivors).isEqualTo(256);

        clock.advance(INTERVAL);
        assertThat(jvmPages(scan()).cardinality())
                .as("pages written while held")
                .isZero();
        guest.aborted();
        clock.advance(INTERVAL);
        assertThat(jvmPages(scan()).cardinality()).isPositive();
    }

    @Test
    void whatACollectionWroteIsNotWrittenAgainBehindIt() {
        RecordedRun run = new SyntheticTrace(3).record();
        start(run, 5 * INTERVAL);
        scan();
        assertThat(guest.prepare()).isTrue();
        guest.awaitPrepared();
        BitSet collected = jvmPages(scan());
        assertThat(collected.cardinality()).isGreaterThanOrEqualTo(256);
        guest.aborted();

        Interval interval = run.intervals().get(run.intervalAt(guest.traceNanos()));
        clock.advance(interval.toNanos() - guest.traceNanos() - 1);

        BitSet afterwards = jvmPages(scan());
        assertThat(afterwards.cardinality()).isPositive();
        assertThat(afterwards.intersects(collected)).isFalse();
    }

    @Test
    void whatAnApplicationWritesElsewhereFromTimeToTimeIsNotTakenForTheCollections() {
        RecordedRun quiet = new SyntheticTrace(3).old(8192, 4096, 0).record();
        RecordedRun busy = new SyntheticTrace(3).old(8192, 4096, 400).record();

        int more = outcome(busy).pages() - outcome(quiet).pages();

        assertThat(more).as("of 400 pages written at random").isBetween(-60, 60);
    }

    private static WrittenPages outcome(RecordedRun run) {
        return CollectionOutcome.writtenBy(run, run.youngCollections().get(5), null);
    }

    @Test
    void aCollectionBehindTheLastRecordedOneIsTakenFromTheNextLap() {
        RecordedRun run = new SyntheticTrace(3).intervals(10, INTERVAL).record();
        long last = run.youngCollections()
                .get(run.youngCollectionCount() - 1)
                .record()
                .timeNanos();
        start(run, 2 * INTERVAL);
        clock.advance(last + 1 - 2 * INTERVAL);
        long epoch = guest.epoch();

        assertThat(guest.prepare()).isTrue();
        guest.awaitPrepared();

        assertThat(guest.laps()).isEqualTo(1);
        assertThat(guest.epoch()).isGreaterThan(epoch);
    }

    @Test
    void withoutLayoutsNothingIsCollectedAndHeapCountsAsOld() {
        RecordedRun run = new SyntheticTrace(3).withoutLayouts().record();
        start(run, 0);
        clock.advance(INTERVAL);

        assertThat(guest.canCollect()).isFalse();
        assertThat(guest.prepare()).isFalse();
        assertThat(guest.readLayout()).isEmpty();
        assertThat(run.writtenPagesByKind().get(MemoryKind.OLD)).isPositive();
    }

    @Test
    void theRestOfTheGuestIsLaidOutInTheSharesOfTheRecordedMachine() {
        start(new SyntheticTrace(3).record(), 0);
        long[] pages = new long[MemoryKind.values().length + 1];
        for (int gfn = 0; gfn < guest.frames().pages(); gfn++) {
            pages[PageContent.kindCode(machine.memory().read(gfn))]++;
        }
        double rest = guest.frames().pages() - guest.frames().jvmPages().size();

        assertThat(pages[MemoryKind.KERNEL.code()] / rest).isBetween(0.066, 0.067);
        assertThat(pages[MemoryKind.PAGE_CACHE.code()] / rest).isBetween(0.266, 0.267);
        assertThat(pages[MemoryKind.OTHER_PROCESSES.code()] / rest).isBetween(0.133, 0.134);
        assertThat(pages[MemoryKind.GUEST_FREE.code()] / rest).isBetween(0.533, 0.534);
    }

    @Test
    void thePageCacheIsDirtiedAtTheRecordedRate() {
        start(new SyntheticTrace(3).record(), 0);
        clock.advance(10 * INTERVAL);
        int dirtied = 0;
        PageBitmap written = scan();
        for (int gfn = written.next(0); gfn >= 0; gfn = written.next(gfn + 1)) {
            dirtied += PageContent.kindCode(machine.memory().read(gfn)) == MemoryKind.PAGE_CACHE.code() ? 1 : 0;
        }
        assertThat(dirtied).isBetween(190, 200);
    }

    @Test
    void aMachineThatWasNotRecordedLeavesTheRestFree() {
        start(new SyntheticTrace(3).withoutMachine().record(), 0);

        assertThat(PageContent.kindCode(machine.memory().read(guest.frames().pages() - 1)))
                .isEqualTo(MemoryKind.GUEST_FREE.code());
        assertThat(PageContent.isZero(machine.memory().read(guest.frames().pages() - 1)))
                .isFalse();
    }

    @Test
    void memoryTooSmallForTheTraceSaysHowMuchIsNeeded() {
        RecordedRun run = new SyntheticTrace(3).record();

        assertThatThrownBy(() -> new ReplayedGuest(run, 32L << 20, 0, new RandomStreams(1), clock))
                .isInstanceOf(UnusableTraceException.class)
                .hasMessageContaining("memory 32 MiB is too small")
                .hasMessageContaining("--memory 120MiB");
        new ReplayedGuest(run, 120L << 20, 0, new RandomStreams(1), clock);
    }

    @Test
    void aStartOutsideTheTraceIsRefused() {
        RecordedRun run = new SyntheticTrace(3).intervals(10, INTERVAL).record();

        assertThatThrownBy(() -> new ReplayedGuest(run, MEMORY, 10 * INTERVAL, new RandomStreams(1), clock))
                .isInstanceOf(UnusableTraceException.class)
                .hasMessageContaining("start at 1000 ms")
                .hasMessageContaining("from 0 to 1000 ms");
    }

    private void start(RecordedRun run, long startNanos) {
        guest = new ReplayedGuest(run, MEMORY, startNanos, new RandomStreams(1), clock);
        int pages = guest.frames().pages();
        machine = new VirtualMachine(
                "vm",
                clock,
                new GuestMemory(pages, SyntheticTrace.PAGE, new HostMemory(pages), new NestedPagingDirtyLog(pages)),
                guest);
        machine.boot();
        machine.memory().dirtyLog().start();
    }

    private PageBitmap scan() {
        PageBitmap written = new PageBitmap(guest.frames().pages());
        machine.memory().dirtyLog().getAndClear(written);
        return written;
    }

    private BitSet jvmPages(PageBitmap pages) {
        BitSet jvm = new BitSet();
        for (int gfn = pages.next(0); gfn >= 0; gfn = pages.next(gfn + 1)) {
            if (guest.frames().jvmIndex(gfn) >= 0) {
                jvm.set(gfn);
            }
        }
        return jvm;
    }

    private static boolean holdsNothing(HeapLayout layout, long address) {
        for (int i = 0; i < layout.size(); i++) {
            if (layout.bottom(i) <= address && address < layout.end(i)) {
                return layout.kind(i) == SpaceKind.FREE || address >= layout.top(i);
            }
        }
        return false;
    }

    private static List<DirtyPages> intervals(List<TraceRecord> records) {
        List<DirtyPages> intervals = new ArrayList<>();
        for (TraceRecord record : records) {
            if (record instanceof DirtyPages pages && pages.timeNanos() > pages.fromNanos()) {
                intervals.add(pages);
            }
        }
        return intervals;
    }
}
