package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.WorstLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The table that lectures draw of the techniques, from figures: how each fares beside the best of those compared.
 *
 * <p>{@code ++} up to 1.25 times the best, {@code +} up to three times, {@code -} up to ten times, {@code --} beyond that, or not
 * completed. Of reliability: {@code ++} a host that fails at the worst moment costs nothing, {@code +} the destination costs work at most, the
 * source may cost the VM, {@code --} the destination costs the VM.
 */
final class QualitativeTable {
    private static final String BEST = "++";
    private static final String GOOD = "+";
    private static final String POOR = "-";
    private static final String WORST = "--";

    /** Times below this are equally good: a clock tick of the guest's kernel. */
    private static final double EQUAL_NANOS = 4e6;

    private QualitativeTable() {}

    /** A column: what less of is better. */
    private record Criterion(String heading, ToDoubleFunction<MigrationResult> figure, double equal) {
        String rate(MigrationResult result, List<MigrationResult> all) {
            if (result.status() != MigrationStatus.COMPLETED) {
                return WORST;
            }
            double best = all.stream()
                    .filter(each -> each.status() == MigrationStatus.COMPLETED && movesForGood(each))
                    .mapToDouble(figure)
                    .min()
                    .orElse(0);
            double own = Math.max(figure.applyAsDouble(result), equal);
            double times = own / Math.max(best, equal);
            if (times <= 1.25) {
                return BEST;
            }
            if (times <= 3) {
                return GOOD;
            }
            return times <= 10 ? POOR : WORST;
        }
    }

    /** A VM that is away for a while sends little because it leaves most of itself behind: no measure for the others. */
    private static boolean movesForGood(MigrationResult result) {
        return result.statistics().away().isEmpty();
    }

    private static final List<Criterion> CRITERIA = List.of(
            new Criterion("total time", result -> result.statistics().totalNanos(), EQUAL_NANOS),
            new Criterion("downtime", result -> result.statistics().downtimeNanos(), EQUAL_NANOS),
            new Criterion("traffic", result -> result.statistics().trafficBytes(), 1),
            new Criterion("work of the VM", result -> WorkLost.nanos(result.statistics()), EQUAL_NANOS));

    /** Lines ended by a line feed. */
    static String write(List<MigrationResult> results) {
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>();
        headings.add("in short");
        CRITERIA.forEach(criterion -> headings.add(criterion.heading));
        headings.add("reliability");
        rows.add(headings);
        for (MigrationResult result : results) {
            rows.add(row(result, results));
        }
        return Columns.of(rows)
                + "++ best or near it, + up to 3 times the best, - up to 10 times, -- beyond or not completed;\n"
                + "reliability: what a host that fails at the worst moment costs: ++ nothing; + work, or the VM if it is the\n"
                + "source; -- the VM\n";
    }

    private static List<String> row(MigrationResult result, List<MigrationResult> all) {
        List<String> row = new ArrayList<>();
        row.add(ComparisonTable.name(result));
        CRITERIA.forEach(criterion -> row.add(criterion.rate(result, all)));
        row.add(reliability(result.statistics().worstLoss()));
        return row;
    }

    private static String reliability(WorstLoss worst) {
        if (worst.worse().kind() == Loss.Kind.NOTHING) {
            return BEST;
        }
        return worst.destinationHost().kind() == Loss.Kind.VM ? WORST : GOOD;
    }
}
