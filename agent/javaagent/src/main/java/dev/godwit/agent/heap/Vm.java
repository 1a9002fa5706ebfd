package dev.godwit.agent.heap;

/**
 * The own VM, ready to be read.
 *
 * @param structs what the VM tells of its data
 * @param flags its flags
 * @param safe reads any address
 * @param fast reads addresses that {@code safe} has read before
 */
record Vm(VmStructs structs, VmFlags flags, SafeMemory safe, VmMemory fast) {

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
            return new Vm(structs, VmFlags.read(structs, safe), safe, fast);
        } catch (RuntimeException | Error e) {
            safe.close();
            throw e;
        }
    }
}
