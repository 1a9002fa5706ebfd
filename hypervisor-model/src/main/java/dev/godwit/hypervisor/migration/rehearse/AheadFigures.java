package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.linux.guardian.Counter;
import dev.godwit.linux.guardian.SafetyCopy;
import java.util.Optional;

/** Gathers what was measured while a program ran on before its memory was there. */
final class AheadFigures {
    private AheadFigures() {}

    /** What the engine cannot know: what is a part of a migration and what is none, and what the guardian counted. */
    static void correct(MigrationStatistics statistics, SafetyCopy copy, RealSide side, Switchover switchover) {
        statistics.setDowntimeNanos(statistics.downtimeNanos()
                + switchover.unseenNanos()
                - switchover.safetyNanos()
                - switchover.sortingNanos());
        statistics
                .runAhead()
                .ifPresent(engines -> statistics.setRunAhead(new RunAheadStatistics(
                        side.requests(),
                        copy.counter(Counter.FAULTS),
                        copy.counter(Counter.FAULT_NANOS),
                        copy.counter(Counter.LONGEST_FAULT_NANOS),
                        copy.counter(Counter.ZEROED),
                        engines.pageListBytes(),
                        engines.atRiskNanos(),
                        engines.vmLost())));
    }

    /** All of it; for the arguments see {@link AheadResult}. */
    static AheadResult of(
            SafetyCopy copy,
            RealSide side,
            Switchover switchover,
            long preparingNanos,
            Optional<RunAheadStatistics> engines,
            long recoveryNanos) {
        return new AheadResult(
                switchover.takenPages(),
                switchover.missingPages() - switchover.takenPages(),
                copy.counter(Counter.FAULTS),
                side.requests(),
                side.returnedPages(),
                copy.counter(Counter.ZEROED),
                copy.counter(Counter.GIVEN_BACK) + copy.counter(Counter.UNMAPPED),
                copy.counter(Counter.PLACED_BEFORE_RESUME) + copy.counter(Counter.PLACED_FROM_COPY),
                copy.counter(Counter.PLACED_LATE),
                copy.faultTimes().percentileNanos(50),
                copy.faultTimes().percentileNanos(90),
                copy.faultTimes().percentileNanos(99),
                copy.counter(Counter.LONGEST_FAULT_NANOS),
                preparingNanos,
                switchover.catchingUpNanos(),
                switchover.safetyNanos(),
                switchover.surveyNanos(),
                engines.map(RunAheadStatistics::vmLost).orElse(false),
                recoveryNanos);
    }
}
