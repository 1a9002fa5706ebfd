package dev.godwit.agent.heap;

/**
 * Reads the memory of a VM, in native byte order.
 *
 * <p>{@link SafeMemory} and {@link PagedMemory} may be given any address. The other implementations read the own process,
 * are fast and end the JVM on an address that is not mapped, so they are given only addresses that the safe one has read
 * before and that the VM never unmaps.
 */
interface VmMemory {

    byte getByte(long address);

    int getInt(long address);

    long getLong(long address);

    /** Forgets what was kept of earlier readings; memory that keeps nothing has nothing to do. */
    default void refresh() {}
}
