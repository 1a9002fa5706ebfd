package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.RehearsingMachine;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.Throughput;
import dev.godwit.hypervisor.page.EncodingReport;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A rehearsal for people and for programs. */
public final class RehearsalReport {
    private RehearsalReport() {}

    /**
     * As JSON, see {@link RehearsalJson}.
     *
     * @param machine it was made on, if that was measured before
     */
    public static String json(
            RehearsalResult result, Optional<Throughput> throughput, Optional<RehearsingMachine> machine) {
        return RehearsalJson.write(result, throughput, machine);
    }

    /** A table of one row for each figure. */
    public static String text(RehearsalResult result, Optional<Throughput> throughput) {
        MigrationResult migration = result.migration();
        MigrationStatistics statistics = migration.statistics();
        StringBuilder text = new StringBuilder();
        line(
                text,
                "rehearsal",
                migration.technique() + (migration.hints() ? " with hints, " : ", ")
                        + migration.status().label() + ": " + migration.reason());
        line(text, "memory of the program", mebibytes(migration.totalBytes()));
        line(
                text,
                "sent",
                mebibytes(result.wireBytes()) + " in " + statistics.rounds().size() + " rounds");
        statistics.encoding().ifPresent(report -> encoding(text, result, report));
        line(text, "total time", millis(statistics.totalNanos()));
        result.ahead().ifPresentOrElse(ahead -> AheadText.add(text, result, ahead), () -> {
            if (migration.status() == MigrationStatus.COMPLETED) {
                line(text, "downtime", millis(statistics.downtimeNanos()));
                line(text, "stood for the comparison", millis(result.comparingNanos()) + ", which a migration has not");
            }
        });
        line(text, "program stood still in all", millis(result.stoodNanos()));
        result.stalls().ifPresent(stalls -> line(text, "longest stall felt inside", millis(stalls.longestNanos())));
        throughput.ifPresent(measured -> throughput(text, measured));
        if (migration.hints()) {
            line(
                    text,
                    "collected before the pause",
                    statistics.collections() + " times, the last in " + millis(statistics.collectionNanos()));
            line(
                    text,
                    "left out, proven empty",
                    mebibytes((statistics.droppedPages() - result.declared().discarded()) * migration.pageSizeBytes())
                            + ", overwritten in the program");
            declared(text, result);
        }
        line(
                text,
                "verified",
                (migration.verification().passed() ? "yes: " : "no: ")
                        + migration.verification().text());
        statistics.notices().forEach(notice -> line(text, "notice", notice));
        text.append(MomentsText.of("The rehearsal", statistics.moments()));
        text.append("All figures are measured. ")
                .append(
                        result.programRuns()
                                ? "The program runs on where it was.\n"
                                : "The program has ended by itself.\n");
        return text.toString();
    }

    /** What the application said of its buffers, if that was of use. */
    private static void declared(StringBuilder text, RehearsalResult result) {
        long pageBytes = result.migration().pageSizeBytes();
        if (result.declared().discarded() > 0) {
            line(
                    text,
                    "left out, discardable",
                    mebibytes(result.declared().discarded() * pageBytes)
                            + " of buffers, by the application's word; overwritten in the program");
        }
        if (result.declared().refetched() > 0) {
            line(
                    text,
                    "left out, in files",
                    mebibytes(result.declared().refetched() * pageBytes) + " of buffers, read by the destination");
        }
    }

    private static void throughput(StringBuilder text, Throughput measured) {
        if (measured.countsSteps()) {
            line(
                    text,
                    "steps of the application",
                    String.format(
                            Locale.ROOT,
                            "%.0f/s before, %.0f/s during, %.0f/s after",
                            measured.before().stepsPerSecond().orElse(0),
                            measured.during().stepsPerSecond().orElse(0),
                            measured.after().stepsPerSecond().orElse(0)));
        }
        line(
                text,
                "processors it kept busy",
                String.format(
                        Locale.ROOT,
                        "%.2f before, %.2f during, %.2f after, over %.1f, %.1f and %.1f s",
                        measured.before().processorSeconds(),
                        measured.during().processorSeconds(),
                        measured.after().processorSeconds(),
                        measured.before().nanos() / 1e9,
                        measured.during().nanos() / 1e9,
                        measured.after().nanos() / 1e9));
    }

    private static void encoding(StringBuilder text, RehearsalResult result, EncodingReport report) {
        line(
                text,
                "made smaller",
                String.format(
                        Locale.ROOT,
                        "%s: to 1/%.2f, with %.2f s of processor time",
                        result.asked().compression().label(),
                        result.compressionRatio(),
                        report.cpuNanos() / 1e9));
        for (EncodingReport.Kind kind : report.kinds()) {
            long pages =
                    kind.pages().values().stream().mapToLong(Long::longValue).sum();
            String picked = kind.pages().entrySet().stream()
                    .map(each -> String.format(
                            Locale.ROOT, "%s %.0f %%", each.getKey().label(), 100.0 * each.getValue() / pages))
                    .collect(Collectors.joining(", "));
            line(text, "  " + kind.kind().label(), picked + String.format(Locale.ROOT, " of %,d pages", pages));
        }
    }

    static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-28s%s%n", name, value));
    }

    static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
