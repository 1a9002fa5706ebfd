package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.machine.TimeSpent;
import java.util.List;

/**
 * What a migration took of the processors, and what work the VMs lost, from its beginning to its end.
 *
 * @param sourceNanos processor time of the migration at the source
 * @param destinationNanos processor time of the migration at the destination
 * @param guest the VM that moved
 * @param neighbours other VMs on both hosts
 */
public record CpuStatistics(long sourceNanos, long destinationNanos, VmWork guest, List<VmWork> neighbours) {

    public CpuStatistics {
        neighbours = List.copyOf(neighbours);
    }

    /** Work that the other VMs lost, to the migration and to each other. */
    public long lostByNeighboursNanos() {
        return neighbours.stream().mapToLong(VmWork::lostNanos).sum();
    }

    /**
     * How one VM fared.
     *
     * @param name of the VM
     * @param elapsedNanos how long the migration took
     * @param spent where the time went for which the VM ran, on both hosts
     */
    public record VmWork(String name, long elapsedNanos, TimeSpent spent) {

        /** Time for which it ran nowhere. */
        public long pausedNanos() {
            return elapsedNanos - spent.runningNanos();
        }

        /** Work lost, whatever the cause: time for which its program was not executed. */
        public long lostNanos() {
            return elapsedNanos - spent.workNanos();
        }
    }
}
