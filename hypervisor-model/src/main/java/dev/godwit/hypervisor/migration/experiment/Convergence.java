package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.SteadyWriter;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.experiment.Findings.Unit;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pre-copy of guests that write at different rates, beside the textbook's geometric series: the first round takes
 * {@code V/B}, each that follows {@code d/B} of the one before, so that they come to an end only if {@code d < B}; or if
 * the writable working set is smaller than what the link carries in the downtime limit.
 */
final class Convergence implements Experiment {
    private static final int PAGES = 1 << 18;
    private static final int SMALL_WORKING_SET = 1 << 12;
    private static final long BANDWIDTH_BYTES_PER_SECOND = 125_000_000;
    private static final int MAX_ROUNDS = 40;
    private static final double[] RATIOS = {0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.25};

    @Override
    public String name() {
        return "convergence";
    }

    @Override
    public String question() {
        return "When do the rounds of pre-copy come to an end?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        List<Row> rows = new ArrayList<>();
        for (double ratio : RATIOS) {
            rows.add(migrate(
                    String.format(Locale.ROOT, "writes %3.0f %% of the link", 100 * ratio), ratio, PAGES, progress));
        }
        rows.add(migrate("writes 125 %, 16 MiB only", 1.25, SMALL_WORKING_SET, progress));
        return new Findings(
                List.of(
                        "guest of 1 GiB that writes page after page at a constant rate; link of 1 Gbit/s, 100 us;",
                        "downtime limit 300 ms, 40 rounds; no hints, no compression"),
                rows,
                List.of(
                        "Each round is shorter than the one before by the ratio of dirty rate to bandwidth: below one the rounds"
                                + " end, near one they take long, from one on they never do.",
                        "The rate is not all: a working set that the link carries within the downtime limit ends the rounds at"
                                + " any rate."));
    }

    private static Row migrate(String label, double ratio, int workingSet, ProgressListener progress) {
        SteadyWriter writer = new SteadyWriter(ratio * BANDWIDTH_BYTES_PER_SECOND / Trial.PAGE_BYTES, workingSet);
        Trial trial = new Trial(PAGES, writer, BANDWIDTH_BYTES_PER_SECOND);
        ConvergencePolicy convergence =
                new ConvergencePolicy(ConvergencePolicy.DEFAULT_DOWNTIME_LIMIT_NANOS, MAX_ROUNDS);
        PreCopyEngine engine = new PreCopyEngine(trial.setting(convergence, progress));
        progress.started(label, false);
        trial.source.boot();
        Migration migration = engine.run();
        MigrationStatistics statistics = engine.statistics();
        boolean completed = migration.status() == MigrationStatus.COMPLETED;
        long rounds =
                statistics.rounds().stream().filter(round -> !round.paused()).count();
        return new Row(
                label,
                Figure.yesOrNo("converges", completed),
                Figure.count("rounds", rounds),
                Figure.seconds("total time", statistics.totalNanos()),
                completed
                        ? Figure.millis("downtime", statistics.downtimeNanos())
                        : Figure.none("downtime", Unit.MILLISECONDS),
                Figure.mebibytes("sent", (double) statistics.transferredBytes()),
                workingSet == PAGES
                        ? new Figure(
                                "predicted by the series",
                                predictedSeconds(ratio, completed ? rounds + 1 : rounds),
                                Unit.SECONDS)
                        : Figure.none("predicted by the series", Unit.SECONDS),
                Figure.mebibytes("left at best", (double) leftAtBest(statistics)));
    }

    /** Sum of {@code V/B (d/B)^i}, the pause counted as one more round. */
    private static double predictedSeconds(double ratio, long terms) {
        double seconds = 0;
        double round = (double) PAGES * Trial.PAGE_BYTES / BANDWIDTH_BYTES_PER_SECOND;
        for (long i = 0; i < terms; i++) {
            seconds += round;
            round *= Math.min(1, ratio);
        }
        return seconds;
    }

    private static long leftAtBest(MigrationStatistics statistics) {
        return statistics.rounds().stream()
                .filter(round -> !round.paused())
                .mapToLong(RoundStatistics::leftBytes)
                .min()
                .orElse(0);
    }
}
