package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;

/**
 * Reads the memory of a process, the own one included, by {@code process_vm_readv(2)}. An address that cannot be read
 * makes the read short; it never raises a signal, as a plain load in the own process would.
 */
public final class ProcessMemory implements AutoCloseable {
    /** {@code struct iovec {void *base; size_t length}}, one local, one remote. */
    private static final int IOVEC_BYTES = 16;

    private final int pid;
    private final NativeBuffer vectors;
    private final ByteBuffer fields;
    private boolean open = true;

    private ProcessMemory(long pid) {
        this.pid = Math.toIntExact(pid);
        this.vectors = NativeBuffer.shared(2 * IOVEC_BYTES);
        this.fields = vectors.slice(0, 2 * IOVEC_BYTES);
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

    @Override
    public void close() {
        if (open) {
            open = false;
            vectors.close();
        }
    }
}
