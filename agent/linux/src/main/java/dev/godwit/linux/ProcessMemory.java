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
        this.vectors = NativeBuffer.shared(2 * PIECES * IOVEC_BYTES);
        this.fields = vectors.slice(0, 2 * PIECES * IOVEC_BYTES);
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
        long[] places = new long[count];
        long place = to;
        for (int i = 0; i < count; i++) {
            places[i] = place;
            place += ends[i] - starts[i];
        }
        return gather(starts, ends, places, count, unreadable);
    }

    /**
     * Copies page ranges of the process, each to its place in the own memory, as the other method does.
     *
     * @param places addresses in the own process, one per range
     */
    public long gather(long[] starts, long[] ends, long[] places, int count, RangeSink unreadable) {
        long copied = 0;
        int range = 0;
        long done = 0;
        while (range < count) {
            long got = gatherOnce(starts, ends, places, count, range, done);
            boolean isShort = got < asked;
            copied += got;
            done += got;
            while (range < count && done >= ends[range] - starts[range]) {
                done -= ends[range] - starts[range];
                range++;
            }
            if (isShort) {
                long at = starts[range] + done;
                long next = Math.min(PageSize.roundDown(at) + PageSize.bytes(), ends[range]);
                unreadable.range(at, next);
                done += next - at;
            }
        }
        return copied;
    }

    /** One call, from {@code done} bytes into a range on. */
    private long gatherOnce(long[] starts, long[] ends, long[] places, int count, int first, long done) {
        int pieces = 0;
        long total = 0;
        for (int range = first; range < count && pieces < PIECES && total < CALL_BYTES; range++) {
            long skipped = range == first ? done : 0;
            long bytes = Math.min(ends[range] - starts[range] - skipped, CALL_BYTES - total);
            if (bytes < 0) {
                throw new IllegalArgumentException("range " + range + " start=0x" + Long.toHexString(starts[range])
                        + " end=0x" + Long.toHexString(ends[range]));
            }
            fields.putLong(pieces * IOVEC_BYTES, places[range] + skipped).putLong(pieces * IOVEC_BYTES + 8, bytes);
            int remote = (PIECES + pieces) * IOVEC_BYTES;
            fields.putLong(remote, starts[range] + skipped).putLong(remote + 8, bytes);
            pieces++;
            total += bytes;
        }
        asked = total;
        try {
            long local = vectors.address();
            return LibC.process_vm_readv(pid, local, pieces, local + PIECES * IOVEC_BYTES, pieces, 0);
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
