package dev.godwit.agent.heap;

import dev.godwit.linux.Errno;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.SystemCallException;
import java.nio.ByteBuffer;

/** Reads any address of a process: one that is not mapped is an error, not a crash. Not thread-safe. */
final class SafeMemory implements VmMemory, AutoCloseable {
    private static final int MAX_BYTES = 64 << 20;
    private static final int BUFFER_BYTES = 64 << 10;

    private final ProcessMemory memory;
    private final NativeBuffer buffer;
    private final ByteBuffer view;

    /**
     * Opens the own memory.
     *
     * @throws dev.godwit.linux.SystemCallException if the kernel or a filter does not allow it
     */
    SafeMemory() {
        this(ProcessMemory.ofSelf());
    }

    /** Memory of another process; nothing is read yet. */
    static SafeMemory of(long pid) {
        return new SafeMemory(ProcessMemory.of(pid));
    }

    private SafeMemory(ProcessMemory memory) {
        this.memory = memory;
        buffer = NativeBuffer.shared(BUFFER_BYTES);
        view = buffer.slice(0, BUFFER_BYTES);
    }

    @Override
    public byte getByte(long address) {
        fill(address, Byte.BYTES);
        return view.get(0);
    }

    @Override
    public int getInt(long address) {
        fill(address, Integer.BYTES);
        return view.getInt(0);
    }

    @Override
    public long getLong(long address) {
        fill(address, Long.BYTES);
        return view.getLong(0);
    }

    /**
     * Reads a range.
     *
     * @throws UnreadableVmException if not all of it is mapped, or it is longer than 64 MiB
     */
    byte[] read(long address, int bytes) {
        if (bytes < 0 || bytes > MAX_BYTES) {
            throw new UnreadableVmException("refused to read " + bytes + " bytes at 0x" + Long.toHexString(address));
        }
        byte[] result = new byte[bytes];
        for (int done = 0; done < bytes; ) {
            int part = Math.min(BUFFER_BYTES, bytes - done);
            fill(address + done, part);
            view.get(0, result, done, part);
            done += part;
        }
        return result;
    }

    /**
     * Reads consecutive longs.
     *
     * @throws UnreadableVmException as {@link #read}
     */
    long[] readLongs(long address, int count) {
        long[] result = new long[count];
        byte[] bytes = read(address, Math.multiplyExact(count, Long.BYTES));
        ByteBuffer.wrap(bytes).order(view.order()).asLongBuffer().get(result);
        return result;
    }

    private void fill(long address, int bytes) {
        if (copy(address, bytes) != bytes) {
            throw new UnreadableVmException(
                    "cannot read " + bytes + " bytes at 0x" + Long.toHexString(address) + ": not mapped");
        }
    }

    private long copy(long address, int bytes) {
        try {
            return memory.read(address, buffer.address(), bytes);
        } catch (SystemCallException e) {
            throw new UnreadableVmException(
                    switch (e.errno()) {
                        case Errno.ESRCH -> "it has ended";
                        case Errno.EPERM ->
                            "its memory may not be read: run as root, or as its user where that may trace it";
                        default -> e.getMessage();
                    });
        }
    }

    @Override
    public void close() {
        memory.close();
        buffer.close();
    }
}
