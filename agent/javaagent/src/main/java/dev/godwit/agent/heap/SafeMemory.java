package dev.godwit.agent.heap;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;

/**
 * Reads any address through {@code process_vm_readv} on the own process: an address that is not mapped is an error, not
 * a crash.
 */
final class SafeMemory implements VmMemory {
    private static final int MAX_BYTES = 64 << 20;

    private final Function readv = NativeLibrary.getProcess().getFunction("process_vm_readv");
    private final int pid = (int) ProcessHandle.current().pid();
    private final Memory vectors = new Memory(32);
    private Memory buffer = new Memory(4096);

    @Override
    public byte getByte(long address) {
        return fill(address, Byte.BYTES).getByte(0);
    }

    @Override
    public int getInt(long address) {
        return fill(address, Integer.BYTES).getInt(0);
    }

    @Override
    public long getLong(long address) {
        return fill(address, Long.BYTES).getLong(0);
    }

    /**
     * Reads a range.
     *
     * @throws UnreadableVmException if not all of it is mapped
     */
    byte[] read(long address, int bytes) {
        return fill(address, bytes).getByteArray(0, bytes);
    }

    /**
     * Reads consecutive longs.
     *
     * @throws UnreadableVmException if not all of it is mapped
     */
    long[] readLongs(long address, int count) {
        return fill(address, Math.multiplyExact(count, Long.BYTES)).getLongArray(0, count);
    }

    private Memory fill(long address, int bytes) {
        if (bytes < 0 || bytes > MAX_BYTES) {
            throw new UnreadableVmException("refused to read " + bytes + " bytes at 0x" + Long.toHexString(address));
        }
        if (buffer.size() < bytes) {
            buffer = new Memory(bytes);
        }
        vectors.setPointer(0, buffer);
        vectors.setLong(8, bytes);
        vectors.setLong(16, address);
        vectors.setLong(24, bytes);
        NativeLong one = new NativeLong(1);
        long copied = readv.invokeLong(new Object[] {pid, vectors, one, vectors.share(16), one, new NativeLong(0)});
        if (copied != bytes) {
            throw new UnreadableVmException(
                    "cannot read " + bytes + " bytes at 0x" + Long.toHexString(address) + ": not mapped");
        }
        return buffer;
    }
}
