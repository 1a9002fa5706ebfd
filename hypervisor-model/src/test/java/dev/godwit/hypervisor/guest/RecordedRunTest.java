package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.Collector;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import dev.godwit.trace.TraceRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedRunTest {
    private static final long MS = SyntheticTrace.MS;

    private final List<TraceRecord> records =
            new ArrayList<>(List.of(SyntheticTrace.facts(Collector.G1, 1 << 20, 100 * MS)));

    @Test
    void aTraceWithoutWrittenPagesOrWithoutItsJvmIsRefusedInOneLine() {
        assertThatThrownBy(() -> RecordedRun.of(List.of()))
                .isInstanceOf(UnusableTraceException.class)
                .hasMessageContaining("which JVM");
        assertThatThrownBy(() -> RecordedRun.of(records))
                .isInstanceOf(UnusableTraceException.class)
                .hasMessageContaining("no interval of written pages");
    }

    @Test
    void whatIsInconsistentIsRefusedWithItsReasonAndTheRestIsUsed() {
        records.add(
                new MemoryMap(0, List.of(new MemoryMap.Mapping(0x10000, 0x20000, MappingKind.HEAP, "rw-p", "", 0))));
        records.add(layout(10 * MS, 3, 0x10000));
        records.add(layout(20 * MS, 2, 0x10000));
        records.add(layout(30 * MS, 3, 0x90000));
        records.add(dirty(0, 100 * MS, 0x10));
        records.add(dirty(50 * MS, 150 * MS, 0x11));
        records.add(dirty(100 * MS, 200 * MS, 1L << 50));
        records.add(collection(-5));
        records.add(new HintEvent(1, HintEvent.Type.QUIET, "q", "", -1, 1));
        records.add(new ContentSample(1, MemoryKind.OLD, 5, 6, 0, 0, 0, 0));
        records.add(SyntheticTrace.facts(Collector.SERIAL, 1 << 20, 100 * MS));

        RecordedRun run = RecordedRun.of(records);

        assertThat(run.layoutCount()).isEqualTo(1);
        assertThat(run.intervalCount()).isEqualTo(1);
        assertThat(run.facts().collector()).isEqualTo(Collector.G1);
        assertThat(run.refusals().countByReason().keySet())
                .containsExactly(
                        "content sample with more pages of zeros than pages",
                        "garbage collection shorter than nothing or longer than an hour",
                        "heap layout of an impossible epoch, or of one before the last",
                        "heap layout outside the mappings of the heap",
                        "hint with a negative figure",
                        "second record of the JVM's facts",
                        "written pages of an interval that is inverted or overlaps the one before",
                        "written pages outside the address space");
        assertThat(run.refusals().count()).isEqualTo(8);
    }

    @Test
    void aPageIsCountedAsWhatItWasWrittenAs() {
        records.add(new MemoryMap(
                0,
                List.of(
                        new MemoryMap.Mapping(0x10000, 0x20000, MappingKind.HEAP, "rw-p", "", 0),
                        new MemoryMap.Mapping(0x30000, 0x31000, MappingKind.METASPACE, "rw-p", "", 0))));
        // Two regions: one free before and after the interval, one free before and old after.
        records.add(regions(1 * MS, 0, SpaceKind.FREE, SpaceKind.FREE));
        records.add(dirty(2 * MS, 100 * MS, 0x10, 0x18, 0x30, 0x99));
        records.add(regions(101 * MS, 1, SpaceKind.FREE, SpaceKind.OLD));

        RecordedRun run = RecordedRun.of(records);

        assertThat(run.writtenPagesByKind())
                .containsExactly(
                        java.util.Map.entry(MemoryKind.EDEN, 1L),
                        java.util.Map.entry(MemoryKind.OLD, 1L),
                        java.util.Map.entry(MemoryKind.METASPACE, 1L),
                        java.util.Map.entry(MemoryKind.NATIVE, 1L));
    }

    @Test
    void aCollectionWritesSurvivorsNewOldMemoryAndWhatTheApplicationDoesNotWriteAnyway() {
        records.add(new MemoryMap(
                0,
                List.of(
                        new MemoryMap.Mapping(0x10000, 0x20000, MappingKind.HEAP, "rw-p", "", 0),
                        new MemoryMap.Mapping(0x30000, 0x40000, MappingKind.NATIVE, "rw-p", "", 0))));
        records.add(regions(0, 0, SpaceKind.FREE, SpaceKind.OLD));
        records.add(dirty(0, 100 * MS, 0x10, 0x30, 0x31));
        records.add(
                new GarbageCollection(150 * MS, MS, 1, GarbageCollection.Type.YOUNG, "", "", "", false, 0, 0, 0, 0, 0));
        records.add(regions(160 * MS, 1, SpaceKind.SURVIVOR, SpaceKind.OLD));
        records.add(dirty(100 * MS, 200 * MS, 0x11, 0x18, 0x31, 0x32));
        RecordedRun run = RecordedRun.of(records);

        WrittenPages written = CollectionOutcome.writtenBy(
                run, run.youngCollections().get(0), run.layouts().get(0));

        List<Long> pages = new ArrayList<>();
        for (int r = 0; r < written.runs(); r++) {
            for (int i = 0; i < written.count(r); i++) {
                pages.add(run.pages().page(written.first(r) + i));
            }
        }
        // 0x10 and 0x11 survive (0x12 to 0x17 were never seen), 0x18 is old, 0x31 is written in any interval.
        assertThat(pages).containsExactlyInAnyOrder(0x10L, 0x11L, 0x18L, 0x32L);
    }

    @Test
    void pagesAreNumberedInTheOrderOfTheirAddresses() {
        PageTable.Builder builder = new PageTable.Builder();
        builder.add(new PageRuns.Builder().add(9, 1).add(100, 3).build());
        builder.add(new PageRuns.Builder().add(5, 3).add(102, 2).build());
        PageTable table = builder.build();

        assertThat(table.size()).isEqualTo(8);
        long[] pages = {5, 6, 7, 9, 100, 101, 102, 103};
        for (int i = 0; i < pages.length; i++) {
            assertThat(table.page(i)).isEqualTo(pages[i]);
            assertThat(table.indexOf(pages[i])).isEqualTo(i);
        }
        assertThat(table.indexOf(8)).isEqualTo(-1);
        assertThat(table.indexAtOrAfter(8)).isEqualTo(3);
        assertThat(table.indexAtOrAfter(0)).isZero();
        assertThat(table.indexAtOrAfter(1000)).isEqualTo(8);
    }

    private static HeapLayout layout(long nanos, long epoch, long bottom) {
        return new HeapLayout(
                nanos, epoch, new SpaceKind[] {SpaceKind.EDEN}, new long[] {bottom}, new long[] {bottom}, new long[] {
                    bottom + 0x8000
                });
    }

    private static HeapLayout regions(long nanos, long epoch, SpaceKind first, SpaceKind second) {
        return new HeapLayout(
                nanos,
                epoch,
                new SpaceKind[] {first, second},
                new long[] {0x10000, 0x18000},
                new long[] {first == SpaceKind.FREE ? 0x10000 : 0x18000, second == SpaceKind.FREE ? 0x18000 : 0x20000},
                new long[] {0x18000, 0x20000});
    }

    private static DirtyPages dirty(long from, long to, long... pages) {
        PageRuns.Builder runs = new PageRuns.Builder();
        for (long page : pages) {
            runs.add(page, 1);
        }
        return new DirtyPages(from, to, 0, runs.build(), PageRuns.empty(), PageRuns.empty());
    }

    private static GarbageCollection collection(long durationNanos) {
        return new GarbageCollection(
                1, durationNanos, 1, GarbageCollection.Type.YOUNG, "Copy", "", "", false, 0, 0, 0, 0, 0);
    }
}
