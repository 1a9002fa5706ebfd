package dev.godwit.agent.heap;

/**
 * Reads the memory of the own process, in native byte order.
 *
 * <p>{@link SafeMemory} may be given any address. The other implementations are fast and end the JVM on an address that
 * is not mapped, so they are given only addresses that the safe one has read before and that the VM never unmaps.
 */
interface VmMemory {

    byte getByte(long address);

    int getInt(long address);

    long getLong(long address);
}
