package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;

/** A synthetic guest: writes one page after the other at a constant rate, within a working set from page zero on, round and round. */
public final class SteadyWriter implements Program {
    private final double pagesPerNano;
    private final int workingSet;
    private double owed;
    private int next;

    /**
     * @param pagesPerSecond how many it writes
     * @param workingSet how many different ones, positive
     */
    public SteadyWriter(double pagesPerSecond, int workingSet) {
        this.pagesPerNano = pagesPerSecond / 1e9;
        this.workingSet = workingSet;
    }

    @Override
    public void boot(GuestMemory memory) {
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            memory.receive(gfn, PageContent.first(gfn, MemoryKind.OTHER_PROCESSES, false));
        }
    }

    @Override
    public void execute(GuestMemory memory, long nanos) {
        executeUntilFault(memory, nanos);
    }

    @Override
    public long executeUntilFault(GuestMemory memory, long nanos) {
        owed += nanos * pagesPerNano;
        for (; owed >= 1; owed--) {
            if (memory.isMissing(next)) {
                memory.fault(next);
                // What is owed beyond this write lies ahead of the fault.
                long ahead = (long) ((owed - 1) / pagesPerNano);
                owed = 1;
                return Math.max(0, nanos - ahead);
            }
            memory.write(next, MemoryKind.OTHER_PROCESSES.code(), false);
            next = (next + 1) % workingSet;
        }
        return nanos;
    }
}
