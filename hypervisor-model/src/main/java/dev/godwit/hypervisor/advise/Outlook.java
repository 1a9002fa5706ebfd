package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What is to be expected of one technique.
 *
 * @param technique its label, such as {@code pre-copy+hints}
 * @param starts how many replays were begun
 * @param completed how many of them were completed
 * @param verified true if the independent check of each passed
 * @param figures of those that were completed; empty if none was
 * @param risksVm true if the loss of a host would have lost the VM though it would have lived without a migration
 */
public record Outlook(
        String technique, int starts, int completed, boolean verified, Optional<Figures> figures, boolean risksVm) {

    /**
     * Figures of completed migrations.
     *
     * @param totalSeconds from the beginning until the source is released
     * @param downtimeMillis the VM runs nowhere
     * @param stoppedMillis the application stands still, collection and downtime
     * @param sentMebibytes over the link
     */
    public record Figures(Band totalSeconds, Band downtimeMillis, Band stoppedMillis, Band sentMebibytes) {}

    static Outlook of(String technique, List<MigrationResult> results) {
        List<MigrationResult> completed = results.stream()
                .filter(result -> result.status() == MigrationStatus.COMPLETED)
                .toList();
        return new Outlook(
                technique,
                results.size(),
                completed.size(),
                results.stream().allMatch(result -> result.verification().passed()),
                completed.isEmpty() ? Optional.empty() : Optional.of(figures(completed)),
                results.stream()
                        .anyMatch(result -> result.statistics()
                                        .worstLoss()
                                        .destinationHost()
                                        .kind()
                                == Loss.Kind.VM));
    }

    private static Figures figures(List<MigrationResult> results) {
        return new Figures(
                band(results, result -> result.statistics().totalNanos() / 1e9),
                band(results, result -> result.statistics().downtimeNanos() / 1e6),
                band(results, Outlook::stoppedMillis),
                band(results, result -> result.statistics().transferredBytes() / (double) (1 << 20)));
    }

    static double stoppedMillis(MigrationResult result) {
        return Math.max(result.statistics().appPauseNanos(), result.statistics().downtimeNanos()) / 1e6;
    }

    private static Band band(List<MigrationResult> results, ToDoubleFunction<MigrationResult> figure) {
        return Band.of(results.stream().mapToDouble(figure).toArray());
    }

    /** The same with bands that hold the model's errors too. */
    Outlook with(ModelErrors errors) {
        return new Outlook(technique, starts, completed, verified, figures.map(errors::widen), risksVm);
    }

    boolean alwaysCompletes() {
        return completed == starts;
    }
}
