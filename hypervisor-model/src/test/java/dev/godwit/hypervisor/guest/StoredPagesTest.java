package dev.godwit.hypervisor.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.TraceRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredPagesTest {
    private static final int PAGE = SyntheticTrace.PAGE;
    private static final long MEMORY = 512L << 20;

    private long nativeStart;

    @Test
    void filesThatNobodyCanHaveChangedAndThePageCacheAreOnStorageAndPrivateOnesAreNot() {
        RecordedRun run = runWithFiles();
        ReplayedGuest guest = guest(run);
        GuestFrames frames = guest.frames();

        PageBitmap stored = StoredPages.of(run, frames, run.firstNanos(), List.of());

        assertThat(stored.get(frame(frames, 0))).as("executable").isTrue();
        assertThat(stored.get(frame(frames, 99))).as("executable").isTrue();
        assertThat(stored.get(frame(frames, 100))).as("shared").isTrue();
        assertThat(stored.get(frame(frames, 200))).as("private, writable").isFalse();
        assertThat(stored.get(frame(frames, 300)))
                .as("private, read-only: may have been relocated")
                .isFalse();
        assertThat(stored.get(frame(frames, 400)))
                .as("shared memory without a disk")
                .isFalse();
        assertThat(stored.get(frame(frames, 500))).as("anonymous").isFalse();
        assertThat(stored.get(frames.pageCacheFirst())).isTrue();
        assertThat(stored.get(frames.pageCacheFirst() + frames.pageCachePages() - 1))
                .isTrue();
        assertThat(stored.count()).isEqualTo(200 + frames.pageCachePages());
    }

    @Test
    void aDeclaredBufferPoolIsOnStorageWhereverNothingWasWrittenBefore() {
        RecordedRun run = runWithFiles();
        ReplayedGuest guest = guest(run);
        long middle = (run.firstNanos() + run.lastNanos()) / 2;
        StoredPages.Range heap = new StoredPages.Range(
                run.pages().page(0) * PAGE + 1, run.pages().page(9999) * PAGE + PAGE);

        PageBitmap atFirst = StoredPages.of(run, guest.frames(), run.firstNanos(), List.of(heap));
        PageBitmap later = StoredPages.of(run, guest.frames(), middle, List.of(heap));

        // The first page does not lie in it with all its bytes.
        assertThat(atFirst.get(guest.frames().frameOf(0))).isFalse();
        assertThat(atFirst.get(guest.frames().frameOf(1))).isTrue();
        assertThat(atFirst.count()).isEqualTo(9999 + 200 + guest.frames().pageCachePages());
        assertThat(later.count()).isLessThan(atFirst.count() - 3000);
        for (Interval interval : run.intervals()) {
            for (int r = 0; r < interval.written().runs() && interval.fromNanos() < middle; r++) {
                assertThat(later.get(guest.frames().frameOf(interval.written().first(r))))
                        .isFalse();
            }
        }
        assertThat(StoredPages.pagesIn(run, heap)).isEqualTo(9999);
        assertThat(StoredPages.pagesIn(run, new StoredPages.Range(0, 10))).isZero();
    }

    @Test
    void aRefetchableBufferIsOnStorageWhereverNothingWasWrittenSinceTheApplicationSaidSo() {
        RecordedRun plain = runWithFiles();
        long middle = (plain.firstNanos() + plain.lastNanos()) / 2;
        List<TraceRecord> records = records();
        long start = plain.pages().page(0) * PAGE;
        long end = plain.pages().page(9999) * PAGE + PAGE;
        records.add(new DeclaredMemory(middle, DeclaredMemory.Kind.REFETCHABLE, start, end, "/f", 0));
        RecordedRun run = RecordedRun.of(records);
        ReplayedGuest guest = guest(run);
        int others = 200 + guest.frames().pageCachePages();

        PageBitmap before = StoredPages.of(run, guest.frames(), middle - 1, List.of());
        PageBitmap then = StoredPages.of(run, guest.frames(), middle, List.of());
        PageBitmap later = StoredPages.of(run, guest.frames(), run.lastNanos() - 1, List.of());

        assertThat(then.count()).isGreaterThan(others + 1000);
        assertThat(before.count()).isLessThanOrEqualTo(others);
        assertThat(later.count()).isLessThan(then.count());
    }

    @Test
    void anEmptyRangeIsRefused() {
        assertThatThrownBy(() -> new StoredPages.Range(16, 16)).hasMessageContaining("0x10-0x10");
        assertThatThrownBy(() -> new StoredPages.Range(-1, 16)).hasMessageContaining("give a first address");
    }

    private int frame(GuestFrames frames, int nativePage) {
        return frames.frameOf(frames.jvmPages().indexOf(nativeStart / PAGE + nativePage));
    }

    private ReplayedGuest guest(RecordedRun run) {
        return new ReplayedGuest(run, MEMORY, run.firstNanos(), new RandomStreams(1), new VirtualClock());
    }

    /** The native memory of a synthetic trace, a hundred pages each of it mapped from files in different ways. */
    private RecordedRun runWithFiles() {
        return RecordedRun.of(records());
    }

    private List<TraceRecord> records() {
        List<TraceRecord> records = new ArrayList<>();
        for (TraceRecord record : new SyntheticTrace(1).records()) {
            records.add(record instanceof MemoryMap map ? withFiles(map) : record);
        }
        return records;
    }

    private MemoryMap withFiles(MemoryMap map) {
        MemoryMap.Mapping anonymous = map.mappings().get(1);
        nativeStart = anonymous.start();
        List<MemoryMap.Mapping> mappings = new ArrayList<>(map.mappings().subList(0, 1));
        mappings.add(file(0, "r-xp", "/usr/lib/libjvm.so"));
        mappings.add(file(1, "rw-s", "/var/lib/orders/seg0.dat"));
        mappings.add(file(2, "rw-p", "/usr/lib/libjvm.so"));
        mappings.add(file(3, "r--p", "/usr/lib/libjvm.so"));
        mappings.add(file(4, "rw-s", "/dev/shm/buffers"));
        mappings.add(
                new MemoryMap.Mapping(nativeStart + 500L * PAGE, anonymous.end(), MappingKind.NATIVE, "rw-p", "", 0));
        return new MemoryMap(map.timeNanos(), mappings);
    }

    private MemoryMap.Mapping file(int hundred, String permissions, String path) {
        long start = nativeStart + hundred * 100L * PAGE;
        return new MemoryMap.Mapping(start, start + 100L * PAGE, MappingKind.FILE, permissions, path, 0);
    }
}
