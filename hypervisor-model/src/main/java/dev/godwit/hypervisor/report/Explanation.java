package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.WorstLoss;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Why the plain migration fared as it did, and what to do. */
final class Explanation {
    private Explanation() {}

    /** With or without what there is to say of each technique on its own. */
    static String write(Comparison comparison, boolean each) {
        StringBuilder text = new StringBuilder();
        comparison.results().stream()
                .filter(result -> !result.verification().passed())
                .forEach(result -> line(
                        text,
                        name(result) + " FAILED its check: "
                                + result.verification().text()));
        notices(text, comparison.results());
        comparison
                .results()
                .forEach(result -> text.append(
                        MomentsText.of(name(result), result.statistics().moments())));
        explainPreCopy(text, comparison);
        if (each) {
            comparison.results().stream()
                    .filter(result -> !result.technique().equals(PreCopyEngine.TECHNIQUE))
                    .forEach(result -> explainOther(text, result));
        }
        return text.toString();
    }

    /** What is to be noticed, each once, with the migrations that it is true of. */
    private static void notices(StringBuilder text, List<MigrationResult> results) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (MigrationResult result : results) {
            for (String notice : result.statistics().notices()) {
                names.computeIfAbsent(notice, key -> new ArrayList<>()).add(name(result));
            }
        }
        names.forEach((notice, of) -> line(
                text,
                (of.size() == results.size() && of.size() > 1 ? "all" : String.join(", ", of)) + ": " + notice + "."));
    }

    private static void explainPreCopy(StringBuilder text, Comparison comparison) {
        Optional<MigrationResult> plain = comparison.result(PreCopyEngine.TECHNIQUE, false);
        Optional<MigrationResult> hinted = comparison.result(PreCopyEngine.TECHNIQUE, true);
        plain.ifPresent(result -> {
            if (result.status() == MigrationStatus.COMPLETED) {
                explainCost(text, result);
            } else {
                explainNoEnd(text, result, comparison.options());
            }
        });
        if (plain.isPresent() && hinted.isPresent()) {
            explainHints(text, plain.get(), hinted.get(), comparison.options());
        } else {
            hinted.ifPresent(result -> explainOther(text, result));
        }
    }

    /** One line for a migration that is not set against another. */
    private static void explainOther(StringBuilder text, MigrationResult result) {
        explainEnd(text, result);
        MeansText.explain(text, result);
    }

    private static void explainEnd(StringBuilder text, MigrationResult result) {
        if (result.status() != MigrationStatus.COMPLETED) {
            line(text, name(result) + " is " + result.status().label() + ": " + result.reason() + ".");
            return;
        }
        MigrationStatistics statistics = result.statistics();
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "%s completes in %.2f s with %s sent and %.1f ms of downtime.",
                        name(result),
                        statistics.totalNanos() / 1e9,
                        ComparisonReport.mebibytes((double) statistics.transferredBytes()),
                        ComparisonReport.millis(statistics.downtimeNanos())));
        statistics.runAhead().ifPresent(ahead -> explainRunAhead(text, ahead, statistics.worstLoss()));
    }

    private static void explainRunAhead(StringBuilder text, RunAheadStatistics ahead, WorstLoss worst) {
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "  Then it waited %,d times for a page it was to write, %.1f ms in all and %.1f ms at the longest; for"
                                + " %.2f s %s.",
                        ahead.faults(),
                        ComparisonReport.millis(ahead.faultNanos()),
                        ComparisonReport.millis(ahead.longestFaultNanos()),
                        ahead.atRiskNanos() / 1e9,
                        risk(worst)));
    }

    private static String risk(WorstLoss worst) {
        Loss destination = worst.destinationHost();
        return switch (destination.kind()) {
            case VM -> "a failure would have lost the VM";
            case WORK ->
                String.format(
                        Locale.ROOT,
                        "the loss of the source host would have lost the VM, that of the destination host %.1f ms of its work at"
                                + " worst",
                        ComparisonReport.millis(destination.workNanos()));
            case NOTHING -> "its memory was on both hosts";
        };
    }

    private static void explainCost(StringBuilder text, MigrationResult plain) {
        MigrationStatistics statistics = plain.statistics();
        line(
                text,
                "Without hints it converges: " + ComparisonReport.mebibytes((double) statistics.transferredBytes())
                        + " sent, of which "
                        + ComparisonReport.mebibytes(
                                (double) statistics.resentByKind().total())
                        + " more than once.");
        rates(text, plain);
        kinds(text, plain);
    }

    private static void explainNoEnd(StringBuilder text, MigrationResult plain, ComparisonOptions options) {
        line(text, "Without hints it is " + plain.status().label() + ": " + plain.reason() + ".");
        rates(text, plain);
        kinds(text, plain);
        best(text, plain, options);
    }

    /** What a pause would have had to carry at best, and which link would carry that. */
    private static void best(StringBuilder text, MigrationResult result, ComparisonOptions options) {
        OptionalLong left = result.statistics().rounds().stream()
                .mapToLong(RoundStatistics::leftBytes)
                .min();
        if (left.isEmpty() || options.downtimeLimitNanos() == 0) {
            return;
        }
        double limitSeconds = options.downtimeLimitNanos() / 1e9;
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "At best %s were left at the end of a round; in %.0f ms this link carries %s, one of %.2f Gbit/s"
                                + " would carry that.",
                        ComparisonReport.mebibytes((double) left.getAsLong()),
                        limitSeconds * 1e3,
                        ComparisonReport.mebibytes(limitSeconds * options.bandwidthBytesPerSecond()),
                        left.getAsLong() * 8 / limitSeconds / 1e9));
    }

    private static void rates(StringBuilder text, MigrationResult plain) {
        OptionalDouble dirtied = plain.statistics().rounds().stream()
                .filter(round -> !round.paused() && round.durationNanos() > 0)
                .mapToDouble(round -> round.dirtiedBytesPerSecond(plain.pageSizeBytes()))
                .average();
        if (dirtied.isPresent()) {
            line(
                    text,
                    String.format(
                            Locale.ROOT,
                            "The guest dirtied %s/s of distinct pages within a round, on average; the link carries %s/s.",
                            ComparisonReport.mebibytes(dirtied.getAsDouble()),
                            ComparisonReport.mebibytes((double) plain.bandwidthBytesPerSecond())));
        }
    }

    private static void kinds(StringBuilder text, MigrationResult plain) {
        long total = plain.statistics().resentByKind().total();
        if (total == 0) {
            return;
        }
        List<Map.Entry<MemoryKind, Long>> largest = plain.statistics().resentByKind().byKind().entrySet().stream()
                .sorted(Map.Entry.<MemoryKind, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        line(
                text,
                "What it sent again was: "
                        + largest.stream()
                                .map(entry -> String.format(
                                        Locale.ROOT,
                                        "%.1f %% %s",
                                        entry.getValue() * 100.0 / total,
                                        entry.getKey().label()))
                                .collect(Collectors.joining(", "))
                        + ".");
    }

    private static void explainHints(
            StringBuilder text, MigrationResult plain, MigrationResult hinted, ComparisonOptions options) {
        MigrationStatistics with = hinted.statistics();
        MigrationStatistics without = plain.statistics();
        if (hinted.status() != MigrationStatus.COMPLETED) {
            line(text, "With hints it is " + hinted.status().label() + ": " + hinted.reason() + ".");
            kinds(text, hinted);
            if (with.predictedSurvivorBytes() > 0) {
                line(
                        text,
                        "A collection before the pause would leave "
                                + ComparisonReport.mebibytes((double) with.predictedSurvivorBytes())
                                + " alive, to be sent in the pause.");
            }
            best(text, hinted, options);
            return;
        }
        line(
                text,
                String.format(
                        Locale.ROOT,
                        "With hints it completes in %.2f s with %s sent (%.0f %% of what went without) and %.1f ms of downtime; %,d pages were"
                                + " left out of the rounds and %,d never sent, because the heap held nothing there.",
                        with.totalNanos() / 1e9,
                        ComparisonReport.mebibytes((double) with.transferredBytes()),
                        with.transferredBytes() * 100.0 / without.transferredBytes(),
                        ComparisonReport.millis(with.downtimeNanos()),
                        with.deferredPages(),
                        with.droppedPages()));
        if (with.downtimeNanos() > options.downtimeLimitNanos()) {
            line(text, "Its pause was longer than the limit: more was left alive than was expected.");
        }
    }

    private static String name(MigrationResult result) {
        return result.technique() + (result.hints() ? " with hints" : " without hints");
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
