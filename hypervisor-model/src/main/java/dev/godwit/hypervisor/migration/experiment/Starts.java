package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.HintTimeline;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.hint.StartPolicy;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.ManyStarts;
import dev.godwit.hypervisor.migration.compare.StartOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import dev.godwit.hypervisor.sim.RandomStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;

/** How often a migration that begins at a random moment stops its guest within a critical section, with and without waiting. */
final class Starts implements TraceExperiment {
    private static final int STARTS = 120;
    private static final long MAX_WAIT_NANOS = StartPolicy.DEFAULT_MAX_WAIT_NANOS;
    private static final long IMPATIENT_NANOS = 1_000_000_000;
    private static final long MEMORY_STEP_BYTES = 256L << 20;

    @Override
    public String name() {
        return "starts";
    }

    @Override
    public String question() {
        return "How often does a pause hit a critical section, and how long is it worth to wait?";
    }

    @Override
    public Findings run(long seed, ProgressListener progress) {
        return run(seed, progress, Optional.empty());
    }

    @Override
    public Findings run(long seed, ProgressListener progress, Optional<RecordedRun> trace) {
        RecordedRun run = trace.orElseGet(() -> settlement(seed));
        HintTimeline hints = run.hintTimeline();
        long[] moments = ManyStarts.moments(run, STARTS, seed);
        ComparisonOptions options = ComparisonOptions.defaults().withSeed(seed).withMemoryBytes(memoryFor(run));
        List<Row> rows = new ArrayList<>();
        for (String label : List.of("pre-copy+hints", "post-copy+hints")) {
            Technique technique = Technique.named(label).orElseThrow();
            rows.add(row(label + ", now", run, options, technique, moments, progress));
            rows.add(row(
                    label + ", safe within 1 s",
                    run,
                    options.withStart(StartOptions.policy(IMPATIENT_NANOS)),
                    technique,
                    moments,
                    progress));
            rows.add(row(
                    label + ", safe within 30 s",
                    run,
                    options.withStart(StartOptions.policy(MAX_WAIT_NANOS)),
                    technique,
                    moments,
                    progress));
        }
        return new Findings(setting(run, hints, trace.isPresent(), options), rows, conclusions(rows, hints));
    }

    /** A minute of batches of 0.2 to 4 s with gaps of 0.1 to 3 s. */
    static RecordedRun settlement(long seed) {
        SplittableRandom random = new RandomStreams(seed).stream("settlements");
        MadeUpJvm jvm = new MadeUpJvm(seed).seconds(60);
        long until = 60_000;
        long now = random.nextInt(1_000);
        while (now < until) {
            int length = 200 + random.nextInt(3_800);
            jvm.section("settlement", now * 1_000_000, Math.min((long) length, until - now) * 1_000_000);
            now += length + 100 + random.nextInt(2_900);
        }
        return jvm.record();
    }

    private static long memoryFor(RecordedRun run) {
        long bytes = (long) run.pages().size() * run.facts().pageSizeBytes() * 5 / 4;
        return (bytes / MEMORY_STEP_BYTES + 1) * MEMORY_STEP_BYTES;
    }

    private static Row row(
            String label,
            RecordedRun run,
            ComparisonOptions options,
            Technique technique,
            long[] moments,
            ProgressListener progress) {
        List<MigrationResult> completed =
                ManyStarts.run(run, options, technique, moments, progress, new CancelToken()).stream()
                        .filter(result -> result.status() == MigrationStatus.COMPLETED)
                        .toList();
        return new Row(
                label,
                Figure.count("starts", moments.length),
                Figure.count("completed", completed.size()),
                Figure.count("hit a section", count(completed, Starts::sectionsHit)),
                Figure.count(
                        "of these forced", count(completed, result -> sectionsHit(result) > 0 ? forced(result) : 0)),
                Figure.millis("median wait", quantile(completed, Starts::waitedNanos, 0.5)),
                Figure.millis("longest wait", quantile(completed, Starts::waitedNanos, 1)),
                Figure.millis(
                        "median stop", quantile(completed, r -> r.statistics().appPauseNanos(), 0.5)),
                Figure.yesOrNo(
                        "verified",
                        completed.stream().allMatch(r -> r.verification().passed())));
    }

    private static long sectionsHit(MigrationResult result) {
        return result.statistics().moments().hit().map(Moments.Hit::sections).orElse(0);
    }

    private static long forced(MigrationResult result) {
        Moments moments = result.statistics().moments();
        return moments.pause().filter(Moments.Choice::forced).isPresent() ? 1 : 0;
    }

    private static long waitedNanos(MigrationResult result) {
        Moments moments = result.statistics().moments();
        return moments.start().map(Moments.Choice::waitedNanos).orElse(0L)
                + moments.pause().map(Moments.Choice::waitedNanos).orElse(0L);
    }

    private static long count(List<MigrationResult> results, ToLongFunction<MigrationResult> figure) {
        return results.stream().filter(result -> figure.applyAsLong(result) > 0).count();
    }

    private static long quantile(List<MigrationResult> results, ToLongFunction<MigrationResult> figure, double share) {
        long[] sorted = results.stream().mapToLong(figure).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private static List<String> setting(
            RecordedRun run, HintTimeline hints, boolean recorded, ComparisonOptions options) {
        long nanos = run.lastNanos() - run.firstNanos();
        return List.of(
                (recorded ? "the given trace" : "a made-up JVM that settles in batches") + ", "
                        + hints.sections().size() + " critical sections in "
                        + String.format(
                                Locale.ROOT,
                                "%.0f s, the longest of %.2f s, inside one for %.0f %% of the time;",
                                nanos / 1e9,
                                hints.longestNanos() / 1e9,
                                100.0 * hints.criticalNanos(run.firstNanos(), run.lastNanos()) / nanos),
                "guest of " + (options.memoryBytes() >> 20) + " MiB, link of 1 Gbit/s, downtime limit 300 ms; " + STARTS
                        + " starts at random moments, the same in each row");
    }

    private static List<String> conclusions(List<Row> rows, HintTimeline hints) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i += 3) {
            Row now = rows.get(i);
            Row safe = rows.get(i + 2);
            lines.add(String.format(
                    Locale.ROOT,
                    "%s: %.0f of %.0f pauses hit a section at once, %.0f when it may wait, %.0f of them because patience ended.",
                    now.label().substring(0, now.label().indexOf(',')),
                    now.value("hit a section"),
                    now.value("completed"),
                    safe.value("hit a section"),
                    safe.value("of these forced")));
            if (safe.value("median wait") < hints.longestNanos() / 1e6) {
                lines.add(String.format(
                        Locale.ROOT,
                        "  Half of them wait for %.0f ms or less; the longest section takes %.0f ms.",
                        safe.value("median wait"),
                        hints.longestNanos() / 1e6));
            }
        }
        return lines;
    }
}
