package dev.godwit.agent.heap;

import com.sun.jna.Pointer;

/** Reads through JNA: the fast reader where {@code jdk.internal.misc} cannot be opened. */
final class PointerMemory implements VmMemory {
    private final Pointer everything = new Pointer(0);

    @Override
    public byte getByte(long address) {
        return everything.getByte(address);
    }

    @Override
    public int getInt(long address) {
        return everything.getInt(address);
    }

    @Override
    public long getLong(long address) {
        return everything.getLong(address);
    }
}
