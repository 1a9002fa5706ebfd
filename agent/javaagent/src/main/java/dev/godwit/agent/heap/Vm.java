package dev.godwit.agent.heap;

import java.util.function.Supplier;

/**
 * A VM, the own one or that of another process, ready to be read.
 *
 * @param structs what the VM tells of its data
 * @param flags its flags
 * @param safe reads any address
 * @param fast reads addresses that {@code safe} has read before
 * @param mapped reads the mappings of its process
 */
record Vm(VmStructs structs, VmFlags flags, SafeMemory safe, VmMemory fast, Supplier<MappedMemory> mapped) {

    /**
     * Opens the own VM.
     *
     * @param symbols of the VM's library
     * @param internals true if {@link InternalAccess#open} succeeded
     * @throws UnreadableVmException if the VM does not describe itself
     */
    static Vm open(VmSymbols symbols, boolean internals) {
        SafeMemory safe = new SafeMemory();
        try {
            VmStructs structs = VmStructs.read(symbols, safe);
            VmMemory fast = internals ? new InternalUnsafe() : new PointerMemory();
            return new Vm(structs, VmFlags.read(structs, safe), safe, fast, MappedMemory::read);
        } catch (RuntimeException | Error e) {
            safe.close();
            throw e;
        }
    }

    /**
     * Opens the VM of another process, in which nothing needs to run.
     *
     * @throws UnreadableVmException if it is no HotSpot VM, has ended, or may not be read
     */
    static Vm openRemote(long pid) {
        SafeMemory safe = SafeMemory.of(pid);
        try {
            MappedMemory mapped = MappedMemory.of(pid);
            long library = Math.max(mapped.startOfFile("/libjvm.so"), mapped.startOfFile("/libjvm.so (deleted)"));
            if (library < 0) {
                throw new UnreadableVmException("it is no JVM: no libjvm.so is mapped into it");
            }
            PagedMemory paged = new PagedMemory(safe);
            VmStructs structs = VmStructs.read(LoadedLibrary.read(paged, library), safe);
            return new Vm(structs, VmFlags.read(structs, safe), safe, paged, () -> MappedMemory.of(pid));
        } catch (RuntimeException | Error e) {
            safe.close();
            throw e;
        }
    }
}
