package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.SteadyWriter;
import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.vcpu.Overhead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Nested beside shadow paging: the same guest, migrated by pre-copy, with dirty bits that the migration collects and with
 * write-protected pages on which the guest faults.
 */
final class PagingModes implements Experiment {
    private static final int PAGES = 1 << 20;
    private static final long BANDWIDTH_BYTES_PER_SECOND = 1_250_000_000;
    private static final long DOWNTIME_LIMIT_NANOS = 50_000_000;
    private static final int[] PAGES_PER_SECOND = {1_000, 50_000, 150_000};

    @Override
    public String name() {
        return "paging";
    }

    @Override
    public String question() {
        return "Who pays for knowing which pages are dirty, the guest or the migration?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        List<Row> rows = new ArrayList<>();
        for (int rate : PAGES_PER_SECOND) {
            for (Paging paging : Paging.values()) {
                rows.add(migrate(paging, rate, progress));
            }
        }
        return new Findings(
                List.of(
                        "guest of 4 GiB that writes page after page at a constant rate; link of 10 Gbit/s, 100 us;",
                        "downtime limit 50 ms; no hints, no compression"),
                rows,
                List.of(
                        "Nested paging leaves the guest alone: the migration scans all of its pages once in each round, and in the"
                                + " pause.",
                        "Shadow paging scans nothing: the guest faults at the first write to each page in each round, and loses"
                                + " more the more it writes."));
    }

    private static Row migrate(Paging paging, int pagesPerSecond, ProgressListener progress) {
        String label = String.format(Locale.ROOT, "%s, writes %,d pages/s", paging.label(), pagesPerSecond);
        Trial trial = new Trial(PAGES, new SteadyWriter(pagesPerSecond, PAGES), paging, 1, BANDWIDTH_BYTES_PER_SECOND);
        PreCopyEngine engine = new PreCopyEngine(trial.setting(
                new ConvergencePolicy(DOWNTIME_LIMIT_NANOS, ConvergencePolicy.DEFAULT_MAX_ROUNDS), progress));
        progress.started(label, false);
        trial.source.boot();
        engine.run();
        MigrationStatistics statistics = engine.statistics();
        long ranNanos = statistics.totalNanos() - statistics.downtimeNanos() - Trial.LATENCY_NANOS;
        return new Row(
                label,
                Figure.percent("guest throughput", 100.0 * trial.source.vcpu().programNanos() / ranNanos),
                Figure.millis(
                        "guest time lost to faults",
                        trial.source.vcpu().overheadByCause().getOrDefault(Overhead.WRITE_FAULT, 0L)),
                Figure.millis("migration time in the log", statistics.dirtyLogNanos()),
                Figure.seconds("total time", statistics.totalNanos()),
                Figure.millis("downtime", statistics.downtimeNanos()),
                Figure.count("rounds", statistics.rounds().size()));
    }
}
