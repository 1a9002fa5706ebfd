package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.WayHomeStatistics;

/** Time in which a VM would have run and did not, because it was migrated. */
final class WorkLost {
    private WorkLost() {}

    /**
     * From the account of its VCPU, whatever the cause; without one what is known: paused, slowed, waiting for a page, standing
     * still for a consistent point.
     */
    static long nanos(MigrationStatistics statistics) {
        return statistics.cpu().map(cpu -> cpu.guest().lostNanos()).orElseGet(() -> knownNanos(statistics));
    }

    private static long knownNanos(MigrationStatistics statistics) {
        return statistics.downtimeNanos()
                + statistics.throttledNanos()
                + statistics.runAhead().map(RunAheadStatistics::faultNanos).orElse(0L)
                + statistics.wayHome().map(WayHomeStatistics::stopNanos).orElse(0L);
    }
}
