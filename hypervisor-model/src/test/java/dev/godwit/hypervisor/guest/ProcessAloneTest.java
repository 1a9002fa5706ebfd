package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.trace.Collector;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.TraceRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A recorded process as a rehearsal would migrate it that follows the recording. */
class ProcessAloneTest {
    private static final long INTERVAL = 100 * SyntheticTrace.MS;
    private static final int INTERVALS = 10;

    private final VirtualClock clock = new VirtualClock();
    private final List<TraceRecord> records =
            new ArrayList<>(List.of(SyntheticTrace.facts(Collector.G1, 1 << 20, INTERVAL)));
    private RecordedRun run;
    private ReplayedGuest guest;
    private GuestMemory memory;

    @Test
    void itBeginsWithTheMemoryThatItHasInTheLastIntervalAndThenDoesAgainAllButTheFirst() {
        record(new MemoryMap(0, List.of(mapping(0x10, 0x40, MappingKind.NATIVE, "rw-p", ""))), 0x10);
        boot();

        assertThat(pages()).containsExactly(0x10L, 0x20L, 0x21L, 0x22L, 0x23L, 0x24L, 0x25L, 0x26L, 0x27L, 0x28L);
        assertThat(writtenIn(INTERVAL)).containsExactly(0x29L);
        assertThat(pages()).contains(0x29L);
        assertThat(writtenIn(INTERVAL)).containsExactly(0x21L);
        assertThat(writtenIn(INTERVAL)).containsExactly(0x22L);
        assertThat(writtenIn(7 * INTERVAL)).hasSize(7).endsWith(0x28L, 0x29L);
        assertThat(writtenIn(INTERVAL)).containsExactly(0x21L);
    }

    @Test
    void whatARehearsalLeavesWhereItIsIsNotPartOfIt() {
        record(
                new MemoryMap(
                        0,
                        List.of(
                                mapping(0x10, 0x11, MappingKind.FILE, "r-xp", "/lib/libjvm.so"),
                                mapping(0x11, 0x12, MappingKind.FILE, "rw-p", "/lib/libjvm.so"),
                                mapping(0x12, 0x13, MappingKind.FILE, "r--p", "/lib/libjvm.so"),
                                mapping(0x13, 0x14, MappingKind.FILE, "rw-s", "/data/index"),
                                mapping(0x14, 0x15, MappingKind.CODE_CACHE, "rwxp", ""),
                                mapping(0x15, 0x16, MappingKind.STACK, "---p", ""),
                                mapping(0x20, 0x40, MappingKind.NATIVE, "rw-p", ""))),
                0x10,
                0x11,
                0x12,
                0x13,
                0x14,
                0x15);
        boot();

        assertThat(pages()).startsWith(0x11L, 0x12L, 0x14L, 0x20L);
    }

    private static MemoryMap.Mapping mapping(long first, long end, MappingKind kind, String permissions, String file) {
        int page = SyntheticTrace.PAGE;
        return new MemoryMap.Mapping(first * page, end * page, kind, permissions, file, 0);
    }

    /** In interval i one page is written for the first time, 0x20 + i. */
    private void record(MemoryMap map, long... present) {
        records.add(map);
        PageRuns.Builder there = new PageRuns.Builder();
        for (long page : present) {
            there.add(page, 1);
        }
        records.add(new DirtyPages(0, 0, 0, there.build(), PageRuns.empty(), PageRuns.empty()));
        for (int i = 0; i < INTERVALS; i++) {
            PageRuns written = new PageRuns.Builder().add(0x20 + i, 1).build();
            records.add(
                    new DirtyPages(i * INTERVAL, (i + 1) * INTERVAL, 0, written, PageRuns.empty(), PageRuns.empty()));
        }
        run = RecordedRun.of(records);
    }

    private void boot() {
        guest = ReplayedGuest.ofProcess(run, new RandomStreams(1), clock);
        int pages = guest.frames().pages();
        memory = new GuestMemory(pages, SyntheticTrace.PAGE, new HostMemory(pages), new NestedPagingDirtyLog(pages));
        VirtualMachine machine = new VirtualMachine("process", clock, memory, guest);
        machine.boot();
        memory.dirtyLog().start();
    }

    /** What it has. */
    private List<Long> pages() {
        List<Long> pages = new ArrayList<>();
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            if (!memory.balloon().holds(gfn)) {
                pages.add(run.pages().page(gfn));
            }
        }
        return pages;
    }

    private List<Long> writtenIn(long nanos) {
        clock.advance(nanos);
        PageBitmap written = new PageBitmap(memory.pages());
        memory.dirtyLog().getAndClear(written);
        List<Long> pages = new ArrayList<>();
        for (int gfn = written.next(0); gfn >= 0; gfn = written.next(gfn + 1)) {
            pages.add(run.pages().page(gfn));
        }
        return pages;
    }
}
