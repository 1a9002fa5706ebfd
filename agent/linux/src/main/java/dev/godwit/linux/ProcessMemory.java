package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;

/**
 * Reads and writes the memory of a process, the own one included, by {@code process_vm_readv(2)} and {@code
 * process_vm_writev(2)}. An address that cannot be reached makes the copy short; it never raises a signal, as a plain
 * load in the own process would. Not thread-safe.
 *
 * <p>Must not be used on pages that are missing in the process and wait for a {@link RemoteUserfaultfd} that the calling
 * thread serves: it would wait for itself.
 */
public final class ProcessMemory implements AutoCloseable {
    /** {@code struct iovec {void *base; size_t length}}. */
    private static final int IOVEC_BYTES = 16;
    /** Pieces per call: 256 to 512 are fastest, one piece per call is half as fast (Linux 6.18, x86-64). */
    private static final int PIECES = 512;
    /** More would gain nothing, and keep the process from being stopped in between. */
    private static final long CALL_BYTES = 8 << 20;

    private final int pid;
    private final NativeBuffer vectors;
    private final ByteBuffer fields;
    /** Bytes that the last call of {@link #gatherOnce} asked for. */
    private long asked;

    private boolean open = true;

    private ProcessMemory(long pid) {
        this.pid = Math.toIntExact(pid);
        this.vectors = NativeBuffer.shared((1 + PIECES) * IOVEC_BYTES);
        this.fields = vectors.slice(0, (1 + PIECES) * IOVEC_BYTES);
    }

    /**
     * Memory of the own process.
     *
     * @throws SystemCallException if the kernel or a filter does not allow it ({@code ENOSYS}, {@code EPERM})
     */
    public static ProcessMemory ofSelf() {
        ProcessMemory memory = of(ProcessHandle.current().pid());
        try (NativeBuffer probe = NativeBuffer.shared(Long.BYTES * 2L)) {
            probe.slice(0, Long.BYTES).putLong(0, 0x5157_4954);
            long read = memory.read(probe.address(), probe.address() + Long.BYTES, Long.BYTES);
            if (read != Long.BYTES || probe.slice(Long.BYTES, Long.BYTES).getLong(0) != 0x5157_4954) {
                throw new SystemCallException("process_vm_readv of the own memory", Errno.EFAULT);
            }
            return memory;
        } catch (RuntimeException failure) {
            memory.close();
            throw failure;
        }
    }

    /** Memory of another process, which needs the right to trace it. */
    public static ProcessMemory of(long pid) {
        return new ProcessMemory(pid);
    }

    /**
     * Copies memory.
     *
     * @param from address in the process
     * @param to address in the own process, room for {@code bytes}, such as of a {@link NativeBuffer}
     * @param bytes number of bytes
     * @return number of bytes copied: fewer than asked for, or zero, where the memory behind cannot be read
     * @throws SystemCallException {@code ESRCH} if the process has ended, {@code EPERM} without the right to read
     */
    public long read(long from, long to, long bytes) {
        fields.putLong(0, to).putLong(8, bytes).putLong(16, from).putLong(24, bytes);
        try {
            long local = vectors.address();
            return LibC.process_vm_readv(pid, local, 1, local + IOVEC_BYTES, 1, 0);
        } catch (LastErrorException failure) {
            if (failure.getErrorCode() == Errno.EFAULT) {
                return 0;
            }
            throw new SystemCallException("process_vm_readv pid=" + pid, failure.getErrorCode());
        }
    }

    /**
     * Copies page ranges of the process, one behind the other, to the own memory. A page that cannot be read leaves its
     * place as it is.
     *
     * @param starts first addresses of the ranges
     * @param ends addresses behind the ranges
     * @param count number of ranges
     * @param to address in the own process, room for all ranges
     * @param unreadable is told the pages that could not be read, such as those that the process gave back meanwhile
     * @return number of bytes copied
     * @throws SystemCallException {@code ESRCH} if the process has ended, {@code EPERM} without the right to read
     */
    public long gather(long[] starts, long[] ends, int count, long to, RangeSink unreadable) {
        long copied = 0;
        long local = to;
        int range = 0;
        long at = count > 0 ? starts[0] : 0;
        while (range < count) {
            long got = gatherOnce(starts, ends, count, range, at, local);
            boolean isShort = got < asked;
            copied += got;
            local += got;
            while (range < count && got >= ends[range] - at) {
                got -= ends[range] - at;
                range++;
                at = range < count ? starts[range] : 0;
            }
            at += got;
            if (isShort) {
                long next = Math.min(PageSize.roundDown(at) + PageSize.bytes(), ends[range]);
                unreadable.range(at, next);
                local += next - at;
                at = next;
                if (at == ends[range]) {
                    range++;
                    at = range < count ? starts[range] : 0;
                }
            }
        }
        return copied;
    }

    private long gatherOnce(long[] starts, long[] ends, int count, int firstRange, long firstAddress, long to) {
        int pieces = 0;
        long total = 0;
        long at = firstAddress;
        for (int range = firstRange; range < count && pieces < PIECES && total < CALL_BYTES; range++) {
            at = range == firstRange ? firstAddress : starts[range];
            long bytes = Math.min(ends[range] - at, CALL_BYTES - total);
            if (bytes < 0) {
                throw new IllegalArgumentException("range " + range + " start=0x" + Long.toHexString(starts[range])
                        + " end=0x" + Long.toHexString(ends[range]));
            }
            pieces++;
            fields.putLong(pieces * IOVEC_BYTES, at).putLong(pieces * IOVEC_BYTES + 8, bytes);
            total += bytes;
        }
        asked = total;
        fields.putLong(0, to).putLong(8, total);
        try {
            long local = vectors.address();
            return LibC.process_vm_readv(pid, local, 1, local + IOVEC_BYTES, pieces, 0);
        } catch (LastErrorException failure) {
            if (failure.getErrorCode() == Errno.EFAULT) {
                return 0;
            }
            throw new SystemCallException("process_vm_readv pid=" + pid, failure.getErrorCode());
        }
    }

    /**
     * Overwrites memory of the process.
     *
     * @param to address in the process
     * @param from address in the own process
     * @param bytes number of bytes
     * @return number of bytes written: fewer than asked for, or zero, where the memory behind cannot be written
     * @throws SystemCallException {@code ESRCH} if the process has ended, {@code EPERM} without the right to write
     */
    public long write(long to, long from, long bytes) {
        fields.putLong(0, from).putLong(8, bytes).putLong(16, to).putLong(24, bytes);
        try {
            long local = vectors.address();
            return LibC.process_vm_writev(pid, local, 1, local + IOVEC_BYTES, 1, 0);
        } catch (LastErrorException failure) {
            if (failure.getErrorCode() == Errno.EFAULT) {
                return 0;
            }
            throw new SystemCallException("process_vm_writev pid=" + pid, failure.getErrorCode());
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            vectors.close();
        }
    }
}
