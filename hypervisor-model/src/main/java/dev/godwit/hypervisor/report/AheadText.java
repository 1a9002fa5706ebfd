package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.VmFate.RolledBack;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.rehearse.AheadResult;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import java.util.Locale;

/** What a table says of a rehearsal in which the program ran on before its memory was there. */
final class AheadText {
    private AheadText() {}

    static void add(StringBuilder text, RehearsalResult result, AheadResult ahead) {
        MigrationStatistics statistics = result.migration().statistics();
        long pageBytes = result.migration().pageSizeBytes();
        RehearsalReport.line(text, "downtime", RehearsalReport.millis(statistics.downtimeNanos()));
        statistics
                .runAhead()
                .map(RunAheadStatistics::atRiskNanos)
                .ifPresent(nanos -> RehearsalReport.line(text, "memory followed for", RehearsalReport.millis(nanos)));
        RehearsalReport.line(
                text,
                "taken away, came back",
                RehearsalReport.mebibytes(ahead.takenPages() * pageBytes) + ", "
                        + RehearsalReport.mebibytes(ahead.returnedPages() * pageBytes) + " over the link");
        RehearsalReport.line(
                text,
                "page faults",
                ahead.faults() + ", of which " + ahead.requests() + " asked for a page and " + ahead.zeroFaults()
                        + " got zeros at once");
        RehearsalReport.line(
                text,
                "waits for a page",
                "half up to " + micros(ahead.faultP50Nanos()) + ", 90 % " + micros(ahead.faultP90Nanos()) + ", 99 % "
                        + micros(ahead.faultP99Nanos()) + ", longest " + micros(ahead.faultLongestNanos()));
        RehearsalReport.line(
                text,
                "safety copy",
                "prepared in " + RehearsalReport.millis(ahead.preparingNanos()) + ", caught up in "
                        + RehearsalReport.millis(ahead.catchingUpNanos()) + ", stood "
                        + RehearsalReport.millis(ahead.safetyPauseNanos())
                        + " for it: a migration has none of it, the downtime is without it");
        RehearsalReport.line(
                text,
                "survey in the pause",
                RehearsalReport.millis(ahead.surveyPauseNanos())
                        + " of the downtime: a hypervisor has a table of the pages that there are");
        statistics.wayHome().ifPresent(way -> addWayHome(text, statistics, way));
        if (ahead.vmLost()) {
            RehearsalReport.line(
                    text,
                    "a VM would be lost",
                    "the program has its memory back from the safety copy, "
                            + RehearsalReport.millis(ahead.recoveryNanos()) + " later");
        }
    }

    private static void addWayHome(StringBuilder text, MigrationStatistics statistics, WayHomeStatistics way) {
        RehearsalReport.line(
                text,
                "sent back",
                RehearsalReport.mebibytes(way.sentBytes()) + " in " + way.points() + " consistent points, stood "
                        + RehearsalReport.millis(way.stopNanos()) + " for them, longest "
                        + RehearsalReport.millis(way.longestStopNanos()));
        way.journey()
                .ifPresent(journey -> RehearsalReport.line(
                        text,
                        "came home",
                        "in " + RehearsalReport.millis(journey.nanos()) + " with "
                                + RehearsalReport.mebibytes(journey.bytes()) + ", of which it stood "
                                + RehearsalReport.millis(journey.downtimeNanos())));
        if (statistics.fate() instanceof RolledBack back) {
            RehearsalReport.line(
                    text,
                    "a VM would have fallen back",
                    "to its last consistent point, " + RehearsalReport.millis(back.lostWorkNanos())
                            + " before; the program runs on with all that it did");
        }
    }

    private static String micros(long nanos) {
        return String.format(Locale.ROOT, "%.0f us", nanos / 1e3);
    }
}
