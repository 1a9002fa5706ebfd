package dev.godwit.hypervisor.machine;

import dev.godwit.hypervisor.memory.GuestMemory;

/** What a VM executes. It follows the VCPU: whichever VM runs, runs it. */
public interface Program {

    /** Fills the memory of a VM with what the program starts from. */
    void boot(GuestMemory memory);

    /**
     * Executes for a while, writing to memory as it goes.
     *
     * @param memory memory of the VM that runs
     * @param nanos how long, positive
     */
    void execute(GuestMemory memory, long nanos);
}
