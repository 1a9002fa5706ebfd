package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;

/** Computes all the time and writes nothing that would have to be sent: a neighbour that wants its PCPU. */
public final class BusyGuest implements Program {
    @Override
    public void boot(GuestMemory memory) {}

    @Override
    public void execute(GuestMemory memory, long nanos) {}
}
