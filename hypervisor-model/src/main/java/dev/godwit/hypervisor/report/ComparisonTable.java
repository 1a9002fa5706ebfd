package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.Comparison;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Results side by side, a figure on each line. */
final class ComparisonTable {
    private static final String NOTHING = "-";

    private ComparisonTable() {}

    static String write(Comparison comparison) {
        StringBuilder table = new StringBuilder();
        List<MigrationResult> results = comparison.results();
        line(table, "modelled", results, r -> r.technique() + (r.hints() ? " + hints" : ""));
        table.append("-".repeat(22 + 22 * results.size())).append('\n');
        line(table, "status", results, r -> r.status().label());
        line(table, "total time", results, r -> seconds(r.statistics().totalNanos()));
        line(
                table,
                "downtime",
                results,
                r -> ifCompleted(r, millis(r.statistics().downtimeNanos())));
        line(table, "collection pause", results, r -> collectionPause(r.statistics()));
        line(table, "application stopped", results, r -> appPause(r.statistics()));
        line(
                table,
                "sent",
                results,
                r -> ComparisonReport.mebibytes((double) r.statistics().transferredBytes()));
        line(
                table,
                "sent again",
                results,
                r -> ComparisonReport.mebibytes(
                        (double) r.statistics().resentByKind().total()));
        line(
                table,
                "sent / memory",
                results,
                r -> String.format(Locale.ROOT, "%.2f", (double) r.statistics().transferredBytes() / r.totalBytes()));
        line(
                table,
                "rounds",
                results,
                r -> Integer.toString(r.statistics().rounds().size()));
        line(table, "pages deferred", results, r -> pages(r, r.statistics().deferredPages()));
        line(table, "pages dropped", results, r -> pages(r, r.statistics().droppedPages()));
        line(table, "verified", results, r -> r.verification().passed() ? "yes" : "NO");
        return table.toString();
    }

    private static void line(
            StringBuilder table, String name, List<MigrationResult> results, Function<MigrationResult, String> figure) {
        table.append(String.format(Locale.ROOT, "%-22s", name));
        results.forEach(result -> table.append(String.format(Locale.ROOT, "%22s", figure.apply(result))));
        table.append('\n');
    }

    private static String ifCompleted(MigrationResult result, String figure) {
        return result.status() == MigrationStatus.COMPLETED ? figure : NOTHING;
    }

    private static String collectionPause(MigrationStatistics statistics) {
        return statistics.collections() == 0 ? NOTHING : millis(statistics.collectionNanos());
    }

    private static String appPause(MigrationStatistics statistics) {
        return statistics.appPauseNanos() == 0 ? NOTHING : millis(statistics.appPauseNanos());
    }

    private static String pages(MigrationResult result, long pages) {
        return result.hints() ? String.format(Locale.ROOT, "%,d", pages) : NOTHING;
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", ComparisonReport.millis(nanos));
    }
}
