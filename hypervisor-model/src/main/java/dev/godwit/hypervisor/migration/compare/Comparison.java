package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.capture.CaptureDirectory;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One recorded run, migrated by each technique.
 *
 * @param run what was replayed
 * @param options what was asked
 * @param results one for each technique, in the order asked
 */
public record Comparison(RecordedRun run, ComparisonOptions options, List<MigrationResult> results) {

    public Comparison {
        results = List.copyOf(results);
    }

    /** Compares by the given techniques; nobody follows it. */
    public static Comparison run(RecordedRun run, ComparisonOptions options, List<Technique> techniques) {
        return run(run, options, techniques, technique -> ProgressListener.NONE, new CancelToken());
    }

    /**
     * Compares by the given techniques; results come in their order.
     *
     * @param progress gives each migration its listener; several run at a time, each on a thread of its own
     * @param cancel a cancelled token cancels the migrations under way and those that follow
     * @throws dev.godwit.hypervisor.guest.UnusableTraceException if the guest's memory is too small for the trace, or the
     *     start lies outside of it
     */
    public static Comparison run(
            RecordedRun run,
            ComparisonOptions options,
            List<Technique> techniques,
            Function<Technique, ProgressListener> progress,
            CancelToken cancel) {
        return run(run, options, techniques, progress, cancel, Optional.empty());
    }

    /**
     * The same, and each migration is written down as a stream.
     *
     * @throws java.io.UncheckedIOException if a stream could not be written
     */
    public static Comparison run(
            RecordedRun run,
            ComparisonOptions options,
            List<Technique> techniques,
            Function<Technique, ProgressListener> progress,
            CancelToken cancel,
            Optional<CaptureDirectory> streams) {
        return new Comparison(
                run,
                options,
                SideBySide.map(
                        techniques,
                        SideBySide.threads(options.memoryBytes() / run.facts().pageSizeBytes()),
                        technique -> migrate(run, options, technique, progress.apply(technique), cancel, streams)));
    }

    /** The result of a technique; empty if it was not compared. */
    public Optional<MigrationResult> result(String technique, boolean hints) {
        return results.stream()
                .filter(result -> result.technique().equals(technique) && result.hints() == hints)
                .findFirst();
    }

    /** True if the independent check of every migration passed. */
    public boolean verified() {
        return results.stream().allMatch(result -> result.verification().passed());
    }

    /** One migration, of a guest, hosts and a link of its own. */
    static MigrationResult migrate(
            RecordedRun run,
            ComparisonOptions options,
            Technique technique,
            ProgressListener progress,
            CancelToken cancel,
            Optional<CaptureDirectory> streams) {
        progress.started(technique.name(), technique.hints());
        MigrationResult result = new Testbed(run, options).migrate(technique, progress, cancel, streams);
        progress.finished(result);
        return result;
    }
}
