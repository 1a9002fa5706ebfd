package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.StoredPages;
import dev.godwit.hypervisor.guest.UnusableTraceException;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.capture.CaptureDirectory;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import dev.godwit.hypervisor.migration.compare.TechniqueOptions;
import dev.godwit.hypervisor.report.ComparisonReport;
import dev.godwit.trace.TraceFormatException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What {@code compare} and {@code demo} are asked alike: the link, the guest, and where the JSON goes. */
final class CompareSettings {
    private static final int MOST_EXPLAINED_UNASKED = 3;

    @Option(
            names = {"-b", "--bandwidth"},
            paramLabel = "RATE",
            converter = Units.Bandwidth.class,
            defaultValue = "1Gbit",
            description = "Bandwidth of the link, such as 1Gbit, 10Gbit or 125MB/s (default: ${DEFAULT-VALUE}).")
    private long bandwidthBytesPerSecond;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "100us",
            description = "Latency of the link, one way (default: ${DEFAULT-VALUE}).")
    private long latencyNanos;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            converter = Units.Size.class,
            defaultValue = "4GiB",
            description = {
                "Memory of the guest (default: ${DEFAULT-VALUE}). What the JVM does not use is",
                "laid out in the shares that the recorded machine's memory had: kernel, page",
                "cache, other processes, free."
            })
    private long memoryBytes;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--downtime-limit",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "300ms",
            description = "Longest pause that is accepted (default: ${DEFAULT-VALUE}, as in QEMU).")
    private long downtimeLimitNanos;

    @Option(
            names = "--max-rounds",
            paramLabel = "N",
            description = "Rounds after which a migration that does not converge is given up.")
    private Integer maxRounds;

    @Option(
            names = "--stay",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "30s",
            description = "Partial migration: how long the VM stays before it goes home (default: ${DEFAULT-VALUE}).")
    private long stayNanos;

    @Option(
            names = "--delta-cache",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            defaultValue = "64MiB",
            description = {
                "Delta: room for versions of pages sent before (default: ${DEFAULT-VALUE}, as in",
                "QEMU). --explain says what was found in it, and how each kind of memory was sent."
            })
    private long deltaCacheBytes;

    @Option(
            names = "--storage-bandwidth",
            paramLabel = "RATE",
            converter = Units.Bandwidth.class,
            defaultValue = "500MB/s",
            description = {
                "DBMS-aware migration: bandwidth at which the destination reads shared storage",
                "(default: ${DEFAULT-VALUE})."
            })
    private long storageBandwidthBytesPerSecond;

    @Option(
            names = "--storage-latency",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "1ms",
            description = "The same: time until the first byte comes (default: ${DEFAULT-VALUE}).")
    private long storageLatencyNanos;

    @Option(
            names = "--buffer-pool",
            paramLabel = "START-END",
            split = ",",
            converter = AddressRange.class,
            description = {
                "The same: addresses in the JVM where a database keeps copies of blocks on shared",
                "storage. Mapped files that cannot be written and the page cache are found",
                "without."
            })
    private List<StoredPages.Range> bufferPool;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the results to FILE too, in QEMU's names; whole or not at all.")
    private Path json;

    @Option(names = "--explain", description = "Say of each technique how it fared, and why.")
    private boolean explain;

    /** Checks what was given. */
    ComparisonOptions options(CommandLine commandLine) {
        try {
            ComparisonOptions options = ComparisonOptions.defaults()
                    .withBandwidthBytesPerSecond(bandwidthBytesPerSecond)
                    .withLatencyNanos(latencyNanos)
                    .withMemoryBytes(memoryBytes)
                    .withSeed(seed)
                    .withDowntimeLimitNanos(downtimeLimitNanos)
                    .withTechniques(techniques());
            return maxRounds == null ? options : options.withMaxRounds(maxRounds);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine, e.getMessage(), e);
        }
    }

    private TechniqueOptions techniques() {
        return TechniqueOptions.DEFAULT
                .withStayNanos(stayNanos)
                .withDeltaCacheBytes(deltaCacheBytes)
                .withStorage(storageBandwidthBytesPerSecond, storageLatencyNanos)
                .withBufferPool(bufferPool == null ? List.of() : bufferPool);
    }

    /** Refuses a JSON file that could not be written, before the work is done. */
    void checkJson() {
        if (json != null) {
            JsonFile.check(json);
        }
    }

    /** Writes a result, if that was asked for. */
    void writeJson(String result) {
        if (json != null) {
            JsonFile.write(json, result.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Compares, prints the table and the explanation, and writes the JSON.
     *
     * @throws TraceFormatException if the trace cannot be read
     * @throws CommandFailure if it holds nothing to replay, does not fit into the guest, or the JSON cannot be written
     */
    Comparison compare(Path trace, ComparisonOptions options, List<Technique> techniques, PrintWriter out)
            throws TraceFormatException {
        return compare(trace, options, techniques, out, Optional.empty());
    }

    /** The same, and writes each migration as a stream. */
    Comparison compare(
            Path trace,
            ComparisonOptions options,
            List<Technique> techniques,
            PrintWriter out,
            Optional<CaptureDirectory> streams)
            throws TraceFormatException {
        RecordedRun run = load(trace);
        Comparison comparison;
        try (CompareProgress progress = CompareProgress.start(techniques.size())) {
            comparison = Comparison.run(run, options, techniques, progress::listener, new CancelToken(), streams);
        } catch (UnusableTraceException e) {
            throw new CommandFailure(ExitCode.DOES_NOT_FIT, e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage(), e);
        }
        // The file first: when it cannot be written, nothing has been printed that looks like success.
        writeJson(ComparisonReport.json(comparison));
        out.print(ComparisonReport.table(comparison));
        out.println();
        if (techniques.size() > MOST_EXPLAINED_UNASKED) {
            out.print(ComparisonReport.inShort(comparison));
            out.println();
        }
        boolean few = techniques.size() <= MOST_EXPLAINED_UNASKED;
        out.print(ComparisonReport.explanation(comparison, explain || few));
        if (!explain && !few) {
            out.println("--explain says how each technique fared.");
        }
        streams.ifPresent(written -> written.written().forEach(file -> out.println("Stream: " + file)));
        out.flush();
        if (!comparison.verified()) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "a migration failed its check, which is a defect of godwit; please report it with the trace");
        }
        return comparison;
    }

    /**
     * Loads a trace.
     *
     * @throws TraceFormatException if it cannot be read
     * @throws CommandFailure if it holds nothing to replay
     */
    static RecordedRun load(Path trace) throws TraceFormatException {
        try {
            return RecordedRun.load(trace);
        } catch (UnusableTraceException e) {
            throw new CommandFailure(ExitCode.UNREADABLE_TRACE, "cannot use trace " + trace + ": " + e.getMessage(), e);
        }
    }
}
