package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.CpuStatistics;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.compare.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Results side by side, a figure on each line; more than three of them one below the other, a figure in each column. */
final class ComparisonTable {
    private static final String NOTHING = "-";
    private static final int MOST_SIDE_BY_SIDE = 3;

    private ComparisonTable() {}

    static String write(Comparison comparison) {
        return comparison.results().size() > MOST_SIDE_BY_SIDE
                ? oneBelowTheOther(comparison.results())
                : sideBySide(comparison.results());
    }

    /** A column of the table with a technique in each row. */
    private record Column(String heading, Function<MigrationResult, String> figure) {}

    private static String oneBelowTheOther(List<MigrationResult> results) {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("modelled", ComparisonTable::name),
                new Column("status", r -> r.status().label()),
                new Column("total time", r -> seconds(r.statistics().totalNanos())),
                new Column("downtime", r -> ifCompleted(r, millis(r.statistics().downtimeNanos()))),
                new Column("work lost", r -> ifCompleted(r, millis(WorkLost.nanos(r.statistics())))),
                new Column("CPU", r -> cpu(r, cpu -> cpu.sourceNanos() + cpu.destinationNanos())),
                new Column("faults", r -> ifAhead(r, ahead -> String.format(Locale.ROOT, "%,d", ahead.faults()))),
                new Column("app stopped", r -> appPause(r.statistics())),
                new Column(
                        "sent",
                        r -> ComparisonReport.mebibytes((double) r.statistics().transferredBytes())),
                new Column(
                        "destination fails",
                        r -> loss(r.statistics().worstLoss().destinationHost())),
                new Column("verified", r -> r.verification().passed() ? "yes" : "NO")));
        if (results.stream().anyMatch(ComparisonTable::choseOrHit)) {
            columns.add(columns.size() - 1, new Column("waited", r -> waited(r.statistics())));
            columns.add(columns.size() - 1, new Column("sections hit", r -> sectionsHit(r.statistics())));
        }
        if (results.stream().anyMatch(ComparisonTable::hasNeighbours)) {
            columns.add(5, new Column("neighbours lost", r -> cpu(r, CpuStatistics::lostByNeighboursNanos)));
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(Column::heading).toList());
        for (MigrationResult result : results) {
            rows.add(columns.stream()
                    .map(column -> column.figure().apply(result))
                    .toList());
        }
        return Columns.of(rows);
    }

    /** True if there is anything to say of moments. */
    private static boolean choseOrHit(MigrationResult result) {
        Moments moments = result.statistics().moments();
        return moments.start().isPresent()
                || moments.pause().isPresent()
                || moments.hit().filter(hit -> hit.sections() > 0).isPresent();
    }

    private static String waited(MigrationStatistics statistics) {
        Moments moments = statistics.moments();
        return moments.start().isEmpty() && moments.pause().isEmpty()
                ? NOTHING
                : millis(moments.start().map(Moments.Choice::waitedNanos).orElse(0L)
                        + moments.pause().map(Moments.Choice::waitedNanos).orElse(0L));
    }

    private static String sectionsHit(MigrationStatistics statistics) {
        return statistics
                .moments()
                .hit()
                .map(hit -> Integer.toString(hit.sections()))
                .orElse(NOTHING);
    }

    private static boolean hasNeighbours(MigrationResult result) {
        return result.statistics()
                .cpu()
                .filter(cpu -> !cpu.neighbours().isEmpty())
                .isPresent();
    }

    private static String cpu(MigrationResult result, ToLongFunction<CpuStatistics> nanos) {
        return result.statistics()
                .cpu()
                .map(cpu -> seconds(nanos.applyAsLong(cpu)))
                .orElse(NOTHING);
    }

    /** What a host that fails at the worst moment costs. */
    private static String loss(Loss loss) {
        return switch (loss.kind()) {
            case NOTHING -> "costs nothing";
            case WORK -> "costs " + seconds(loss.workNanos());
            case VM -> "costs the VM";
        };
    }

    private static String ifAhead(MigrationResult result, Function<RunAheadStatistics, String> figure) {
        return result.statistics().runAhead().map(figure).orElse(NOTHING);
    }

    static String name(MigrationResult result) {
        return result.technique() + (result.hints() ? " + hints" : "");
    }

    private static String sideBySide(List<MigrationResult> results) {
        StringBuilder table = new StringBuilder();
        line(table, "modelled", results, ComparisonTable::name);
        table.append("-".repeat(22 + 22 * results.size())).append('\n');
        line(table, "status", results, r -> r.status().label());
        line(table, "total time", results, r -> seconds(r.statistics().totalNanos()));
        line(
                table,
                "downtime",
                results,
                r -> ifCompleted(r, millis(r.statistics().downtimeNanos())));
        line(table, "work lost", results, r -> ifCompleted(r, millis(WorkLost.nanos(r.statistics()))));
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
        if (results.stream().anyMatch(ComparisonTable::choseOrHit)) {
            line(table, "waited for moments", results, r -> waited(r.statistics()));
            line(table, "critical sections hit", results, r -> sectionsHit(r.statistics()));
        }
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
