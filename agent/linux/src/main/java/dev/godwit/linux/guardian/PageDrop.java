package dev.godwit.linux.guardian;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.SystemCallException;
import dev.godwit.linux.SystemCallInjection;
import java.nio.ByteBuffer;

/**
 * Makes a stopped process give back the pages of a list, {@code MADV_DONTNEED}.
 *
 * <p>Many ranges take one injected {@code process_madvise(2)} each 512, which the kernel allows a process on itself since
 * Linux 6.13; the list is written to some pages that the process maps for it. Else, and for what that leaves, each range
 * takes one injected {@code madvise(2)}.
 */
final class PageDrop {
    private static final long SYS_MMAP = 9;
    private static final long SYS_MUNMAP = 11;
    private static final long SYS_MADVISE = 28;
    private static final long SYS_CLOSE = 3;
    private static final long SYS_GETPID = 39;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final long SYS_PROCESS_MADVISE = 440;
    private static final long MADV_DONTNEED = 4;
    private static final long READ_AND_WRITE = 3;
    private static final long PRIVATE_ANONYMOUS = 0x22;

    /** {@code struct iovec}. */
    private static final int VECTOR_BYTES = 16;

    private static final int BATCH = 512;
    /** For fewer the preparation costs more than it saves. */
    private static final int FEW = 8;

    private final SafetyCopy copy;
    private final SystemCallInjection injection;
    private final int pid;
    private final SafetyCopy.Table table;
    private final int count;

    PageDrop(SafetyCopy copy, SafetyCopy.Table table, SystemCallInjection injection, int pid) {
        this.copy = copy;
        this.injection = injection;
        this.pid = pid;
        this.table = table;
        this.count = copy.count(table);
    }

    void run() {
        int done = count > FEW ? dropInBatches() : 0;
        for (int i = done; i < count; i++) {
            injection.call("madvise", SYS_MADVISE, start(i), bytes(i), MADV_DONTNEED);
        }
    }

    /** Number of ranges done, fewer than there are if the kernel does not do it this way. */
    private int dropInBatches() {
        long size = (long) BATCH * VECTOR_BYTES;
        long place = 0;
        long descriptor = -1;
        int done = 0;
        try (ProcessMemory memory = ProcessMemory.of(pid);
                NativeBuffer vectors = NativeBuffer.shared(size)) {
            place = injection.call("mmap", SYS_MMAP, 0, size, READ_AND_WRITE, PRIVATE_ANONYMOUS, -1, 0);
            long self = injection.call("getpid", SYS_GETPID);
            descriptor = injection.call("pidfd_open", SYS_PIDFD_OPEN, self, 0);
            boolean whole = true;
            while (done < count && whole) {
                int ranges = Math.min(BATCH, count - done);
                long bytes = fill(vectors.slice(0, BATCH * VECTOR_BYTES), done, ranges);
                long length = (long) ranges * VECTOR_BYTES;
                whole = memory.write(place, vectors.address(), length) == length;
                if (whole) {
                    long given = injection.call(
                            "process_madvise", SYS_PROCESS_MADVISE, descriptor, place, ranges, MADV_DONTNEED, 0);
                    whole = given == bytes;
                    done += whole ? ranges : rangesIn(done, given);
                }
            }
        } catch (SystemCallException notThisWay) {
            // The kernel is older: what is left goes range by range.
            return done;
        } finally {
            tidyUp(place, size, descriptor);
        }
        return done;
    }

    private void tidyUp(long place, long size, long descriptor) {
        try {
            if (descriptor >= 0) {
                injection.call("close", SYS_CLOSE, descriptor);
            }
            if (place > 0) {
                injection.call("munmap", SYS_MUNMAP, place, size);
            }
        } catch (SystemCallException unlikely) {
            // Some pages and a descriptor too many do the process no harm.
        }
    }

    private long fill(ByteBuffer vectors, int first, int ranges) {
        long bytes = 0;
        for (int i = 0; i < ranges; i++) {
            vectors.putLong(i * VECTOR_BYTES, start(first + i));
            vectors.putLong(i * VECTOR_BYTES + Long.BYTES, bytes(first + i));
            bytes += bytes(first + i);
        }
        return bytes;
    }

    /** Number of whole ranges, from one on, in so many bytes. */
    private int rangesIn(int first, long bytes) {
        int ranges = 0;
        for (long left = bytes; first + ranges < count && left >= bytes(first + ranges); ranges++) {
            left -= bytes(first + ranges);
        }
        return ranges;
    }

    private long start(int index) {
        return copy.rangeStart(table, index);
    }

    private long bytes(int index) {
        return copy.rangeEnd(table, index) - start(index);
    }
}
