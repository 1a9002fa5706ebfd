package dev.godwit.hypervisor.migration.precopy;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;

/** Writes one page after the other at a constant rate, within a working set from page zero on, round and round. */
final class SteadyWriter implements Program {
    private final double pagesPerNano;
    private final int workingSet;
    private double owed;
    private int next;

    SteadyWriter(double bytesPerSecond, int workingSet) {
        this.pagesPerNano = bytesPerSecond / Rig.PAGE / 1e9;
        this.workingSet = workingSet;
    }

    @Override
    public void boot(GuestMemory memory) {
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            memory.receive(gfn, PageContent.first(gfn, MemoryKind.OLD, false));
        }
    }

    @Override
    public void execute(GuestMemory memory, long nanos) {
        owed += nanos * pagesPerNano;
        for (; owed >= 1; owed--) {
            memory.write(next, MemoryKind.EDEN.code(), false);
            next = (next + 1) % workingSet;
        }
    }
}
