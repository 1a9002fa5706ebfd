package dev.godwit.hypervisor.machine;

import dev.godwit.hypervisor.vcpu.Overhead;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the time of a VM went while it ran on a host: into its work, or to what kept it from working. The parts add up to
 * {@link #runningNanos}.
 *
 * @param runningNanos time for which the VM was neither paused nor elsewhere
 * @param workNanos time for which its VCPU executed its program
 * @param pageFaultNanos time for which it waited for missing pages
 * @param throttledNanos time for which it was made to sleep so that it dirties less
 * @param stolenByHypervisorNanos time for which it could run and a thread of the hypervisor, such as a migration's, had the
 *     PCPU; if several VMs wait, the time is divided among them, because only one of them could have had it
 * @param stolenByVmsNanos time for which it could run and other VMs had the PCPU
 * @param cappedNanos the same, and its cap was used up
 * @param overheadNanos time for which it ran and the hypervisor worked on its back, by cause
 */
public record TimeSpent(
        long runningNanos,
        long workNanos,
        long pageFaultNanos,
        long throttledNanos,
        long stolenByHypervisorNanos,
        long stolenByVmsNanos,
        long cappedNanos,
        Map<Overhead, Long> overheadNanos) {

    public TimeSpent {
        overheadNanos = Map.copyOf(overheadNanos);
    }

    /** What was spent since an earlier moment. */
    public TimeSpent since(TimeSpent earlier) {
        return combined(earlier, -1);
    }

    /** With what was spent on another host. */
    public TimeSpent and(TimeSpent elsewhere) {
        return combined(elsewhere, 1);
    }

    private TimeSpent combined(TimeSpent other, int sign) {
        Map<Overhead, Long> overhead = new EnumMap<>(Overhead.class);
        overhead.putAll(overheadNanos);
        other.overheadNanos.forEach((cause, nanos) -> overhead.merge(cause, sign * nanos, Long::sum));
        overhead.values().removeIf(nanos -> nanos == 0);
        return new TimeSpent(
                runningNanos + sign * other.runningNanos,
                workNanos + sign * other.workNanos,
                pageFaultNanos + sign * other.pageFaultNanos,
                throttledNanos + sign * other.throttledNanos,
                stolenByHypervisorNanos + sign * other.stolenByHypervisorNanos,
                stolenByVmsNanos + sign * other.stolenByVmsNanos,
                cappedNanos + sign * other.cappedNanos,
                overhead);
    }
}
