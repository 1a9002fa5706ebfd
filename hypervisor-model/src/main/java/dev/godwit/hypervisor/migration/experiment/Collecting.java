package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.hint.CollectionPolicy;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.migration.experiment.Findings.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A collection before the pause: always, as in JAVMM (EuroSys'15), or if it pays; on young generations that are mostly garbage,
 * and on some of which much is alive.
 */
final class Collecting implements TraceExperiment {
    private static final long MEMORY_BYTES = 512L << 20;

    @Override
    public String name() {
        return "collecting";
    }

    @Override
    public String question() {
        return "When is it worth to collect the young generation before the pause?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        return run(seed, progress, Optional.empty());
    }

    @Override
    public Findings run(long seed, ProgressListener progress, Optional<RecordedRun> trace) {
        Map<String, RecordedRun> workloads = new LinkedHashMap<>();
        if (trace.isPresent()) {
            workloads.put("the trace", trace.get());
        } else {
            workloads.put("much garbage", garbage(seed));
            workloads.put("much alive", alive(seed));
            workloads.put("hardly allocates", idle(seed));
        }
        long memoryBytes = trace.isPresent() ? ComparisonOptions.defaults().memoryBytes() : MEMORY_BYTES;
        ComparisonOptions options = ComparisonOptions.defaults().withSeed(seed).withMemoryBytes(memoryBytes);
        List<Row> rows = new ArrayList<>();
        workloads.forEach((label, run) -> {
            rows.add(migrate(label + ", told nothing", run, options, false, progress));
            rows.add(migrate(
                    label + ", always collects", run, options.withCollection(CollectionPolicy.ALWAYS), true, progress));
            rows.add(migrate(label + ", if it pays", run, options, true, progress));
        });
        return new Findings(setting(trace.isPresent(), memoryBytes), rows, conclusions(rows));
    }

    private static List<String> setting(boolean recorded, long memoryBytes) {
        String link = "guest of " + (memoryBytes >> 20) + " MiB, link of 1 Gbit/s, downtime limit 300 ms; pre-copy";
        return recorded
                ? List.of("the given trace; " + link)
                : List.of(
                        "made-up JVMs: much garbage: 96 MiB Eden, 150 MiB/s allocated, 2 MiB survive, a collection takes 8 ms;",
                        "much alive: 96 MiB Eden, 8 MiB/s allocated, 80 MiB survive, a collection takes 350 ms;",
                        "hardly allocates: 96 MiB Eden, 2 MiB/s allocated, 20 MiB survive, a collection takes 90 ms;",
                        link);
    }

    static RecordedRun garbage(long seed) {
        return new MadeUpJvm(seed).young(96, 2, 8_000_000).writes(150, 400).record();
    }

    static RecordedRun alive(long seed) {
        return new MadeUpJvm(seed)
                .young(96, 80, 350_000_000)
                .writes(8, 400)
                .seconds(60)
                .record();
    }

    private static RecordedRun idle(long seed) {
        return new MadeUpJvm(seed)
                .young(96, 20, 90_000_000)
                .writes(2, 100)
                .seconds(200)
                .record();
    }

    private static Row migrate(
            String label, RecordedRun run, ComparisonOptions options, boolean hints, ProgressListener progress) {
        progress.started(label, hints);
        Technique technique = Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS.get(hints ? 1 : 0);
        MigrationResult result = Comparison.run(run, options, List.of(technique), each -> progress, new CancelToken())
                .results()
                .get(0);
        MigrationStatistics statistics = result.statistics();
        boolean completed = result.status() == MigrationStatus.COMPLETED;
        long stop = Math.max(statistics.appPauseNanos(), statistics.downtimeNanos());
        return new Row(
                label,
                Figure.yesOrNo("completes", completed),
                Figure.seconds("total time", statistics.totalNanos()),
                completed
                        ? Figure.millis("downtime", statistics.downtimeNanos())
                        : Figure.none("downtime", Unit.MILLISECONDS),
                completed
                        ? Figure.millis("application stopped", stop)
                        : Figure.none("application stopped", Unit.MILLISECONDS),
                Figure.count("collections", statistics.collections()),
                Figure.mebibytes("sent", (double) statistics.transferredBytes()),
                Figure.yesOrNo("verified", result.verification().passed()));
    }

    private static List<String> conclusions(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i += 3) {
            Row plain = rows.get(i);
            Row always = rows.get(i + 1);
            Row pays = rows.get(i + 2);
            String workload = plain.label().substring(0, plain.label().indexOf(','));
            lines.add(workload + ": told nothing it " + outcome(plain) + "; collecting always it " + outcome(always)
                    + "; collecting if it pays it " + outcome(pays) + ".");
        }
        return lines;
    }

    private static String outcome(Row row) {
        return row.value("completes") == 0
                ? "does not complete"
                : String.format(
                        Locale.ROOT,
                        "stops the application for %.0f ms and takes %.1f s",
                        row.value("application stopped"),
                        row.value("total time"));
    }
}
