package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.vcpu.Vcpu;

/** One way to migrate; an instance serves one migration. Engines never see each other. */
public interface MigrationEngine {
    /** Round trips before the first page: one to agree on the version, one on the shape of the guest. */
    int SETUP_ROUND_TRIPS = 2;

    /** Devices and VCPU, sent in the pause; what queues hold and balloons list comes on top. */
    int STATE_BYTES = VirtualMachine.DEVICE_STATE_BYTES + Vcpu.STATE_BYTES;

    /**
     * Migrates. Whatever happens, the agent was told afterwards.
     *
     * @return the state machine, in a terminal state
     */
    Migration run();

    /** Counters; final when {@link #run} has returned. */
    MigrationStatistics statistics();

    /** Pages that were proven empty and not sent; the same bitmap from the beginning to the end. */
    PageBitmap dropped();
}
