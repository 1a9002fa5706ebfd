package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    @Test
    void aReadAcrossTheEndOfAMappingIsShortAndDoesNotFault() {
        int page = PageSize.bytes();
        NativeBuffer gone = NativeBuffer.privateMemory(2L * page);
        try (ProcessMemory memory = ProcessMemory.ofSelf();
                NativeBuffer source = NativeBuffer.privateMemory(2L * page);
                NativeBuffer target = NativeBuffer.shared(4L * page)) {
            source.slice(0, page).putLong(8, 42);

            assertThat(memory.read(source.address(), target.address(), 2L * page))
                    .isEqualTo(2L * page);
            assertThat(target.slice(0, page).getLong(8)).isEqualTo(42);
            gone.close();
            assertThat(memory.read(8, target.address(), 16)).isZero();
        }
    }

    @Test
    void errorsNameTheCallAndTheErrno() {
        try (ProcessMemory memory = ProcessMemory.of(Integer.MAX_VALUE);
                NativeBuffer target = NativeBuffer.shared(8)) {
            SystemCallException refused = org.assertj.core.api.Assertions.catchThrowableOfType(
                    SystemCallException.class, () -> memory.read(target.address(), target.address(), 8));

            assertThat(refused.errno()).isEqualTo(Errno.ESRCH);
            assertThat(refused).hasMessage("process_vm_readv pid=2147483647 failed: ESRCH");
        }
    }

    @Test
    void rangesAreGatheredAndPagesThatCannotBeReadAreTold() {
        int page = PageSize.bytes();
        int pages = 3000;
        try (ProcessMemory memory = ProcessMemory.ofSelf();
                NativeBuffer source = NativeBuffer.privateMemory((long) pages * page);
                NativeBuffer target = NativeBuffer.shared((long) pages * page)) {
            for (int i = 0; i < pages; i++) {
                source.slice((long) i * page, page).putLong(0, i + 1);
            }
            // Every second page on its own, then a run with a hole of two pages, then nothing.
            List<Long> starts = new ArrayList<>();
            List<Long> ends = new ArrayList<>();
            for (int i = 0; i < 2000; i += 2) {
                starts.add(source.address() + (long) i * page);
                ends.add(source.address() + (i + 1L) * page);
            }
            starts.add(source.address() + 2000L * page);
            ends.add(source.address() + 3000L * page);
            starts.add(source.address());
            ends.add(source.address());
            forbid(source.address() + 2500L * page, 2L * page);
            List<Long> unreadable = new ArrayList<>();

            long copied = memory.gather(
                    starts.stream().mapToLong(Long::longValue).toArray(),
                    ends.stream().mapToLong(Long::longValue).toArray(),
                    starts.size(),
                    target.address(),
                    (from, to) -> {
                        for (long at = from; at < to; at += page) {
                            unreadable.add((at - source.address()) / page);
                        }
                    });

            assertThat(copied).isEqualTo((1000L + 1000 - 2) * page);
            assertThat(unreadable).containsExactly(2500L, 2501L);
            for (int i = 0; i < 2000; i++) {
                int expected = i < 1000 ? 2 * i + 1 : i + 1001;
                boolean hole = i == 1500 || i == 1501;
                assertThat(target.slice((long) i * page, page).getLong(0)).isEqualTo(hole ? 0 : expected);
            }
        }
    }

    @Test
    void writingStopsAtTheEndOfAMapping() {
        int page = PageSize.bytes();
        try (ProcessMemory memory = ProcessMemory.ofSelf();
                NativeBuffer source = NativeBuffer.shared(2L * page);
                NativeBuffer target = NativeBuffer.privateMemory(2L * page)) {
            source.slice(0, page).putLong(0, 42);
            forbid(target.address() + page, page);

            assertThat(memory.write(target.address(), source.address(), 2L * page))
                    .isEqualTo(page);
            assertThat(target.slice(0, page).getLong(0)).isEqualTo(42);
            assertThat(memory.write(8, source.address(), 8)).isZero();
        }
    }

    /** A hole that nothing else can be mapped into. */
    private static void forbid(long address, long bytes) {
        int fixed = 0x10;
        LibC.mmap(address, bytes, 0, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | fixed, -1, 0);
    }
}
