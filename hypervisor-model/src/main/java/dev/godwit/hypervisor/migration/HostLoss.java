package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Fault;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.hypervisor.transport.VirtualLink;

/** What the loss of a host does to the VM on it. */
public final class HostLoss {
    private HostLoss() {}

    /** A link between the hosts of two VMs, any of which fails as planned. */
    public static VirtualLink link(
            VirtualClock clock,
            long bandwidthBytesPerSecond,
            long latencyNanos,
            FaultPlan plan,
            VirtualMachine source,
            VirtualMachine destination) {
        return new VirtualLink(
                clock, bandwidthBytesPerSecond, latencyNanos, plan, fault -> strike(fault, source, destination));
    }

    private static void strike(Fault fault, VirtualMachine source, VirtualMachine destination) {
        switch (fault.kind()) {
            case SOURCE_LOST -> source.loseHost();
            case DESTINATION_LOST -> destination.loseHost();
            case LINK_CUT, LINK_SLOWED -> {
                // The hosts live on.
            }
        }
    }
}
