package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.machine.TimeSpent;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.migration.CpuStatistics.VmWork;
import dev.godwit.hypervisor.sim.Clock;
import java.util.ArrayList;
import java.util.List;

/** Measures from when it is made what a migration takes of the processors, and what work VMs lose. */
public final class CpuMeter {
    private final Clock clock;
    private final MigrationCpu cpu;
    private final long fromNanos;
    private final long sourceNanos;
    private final long destinationNanos;
    private final Reading source;
    private final Reading destination;
    private final List<Reading> neighbours;

    /** Where the time of a VM had gone when the measurement began. */
    private record Reading(VirtualMachine vm, TimeSpent spent) {
        static Reading of(VirtualMachine vm) {
            return new Reading(vm, vm.spent());
        }

        TimeSpent since() {
            return vm.spent().since(spent);
        }
    }

    /**
     * Begins.
     *
     * @param neighbours other VMs on the hosts
     */
    public CpuMeter(
            Clock clock,
            MigrationCpu cpu,
            VirtualMachine source,
            VirtualMachine destination,
            List<VirtualMachine> neighbours) {
        this.clock = clock;
        this.cpu = cpu;
        this.fromNanos = clock.nanos();
        this.sourceNanos = cpu.sourceNanos();
        this.destinationNanos = cpu.destinationNanos();
        this.source = Reading.of(source);
        this.destination = Reading.of(destination);
        this.neighbours = neighbours.stream().map(Reading::of).toList();
    }

    /** What happened until now. */
    public CpuStatistics read() {
        long elapsed = clock.nanos() - fromNanos;
        List<VmWork> others = new ArrayList<>();
        for (Reading neighbour : neighbours) {
            others.add(new VmWork(neighbour.vm.name(), elapsed, neighbour.since()));
        }
        return new CpuStatistics(
                cpu.sourceNanos() - sourceNanos,
                cpu.destinationNanos() - destinationNanos,
                new VmWork("guest", elapsed, source.since().and(destination.since())),
                others);
    }
}
