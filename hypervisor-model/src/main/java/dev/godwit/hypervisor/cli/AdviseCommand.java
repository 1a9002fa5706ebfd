package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.advise.Advice;
import dev.godwit.hypervisor.advise.Adviser;
import dev.godwit.hypervisor.advise.HeartbeatTimeout;
import dev.godwit.hypervisor.advise.ModelErrors;
import dev.godwit.hypervisor.advise.ModelErrorsFile;
import dev.godwit.hypervisor.cli.record.Outcome;
import dev.godwit.hypervisor.cli.record.RecordSettings;
import dev.godwit.hypervisor.cli.record.RunningJvm;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.UnusableTraceException;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.report.AdviceReport;
import dev.godwit.trace.TraceFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit advise}. */
@Command(
        name = "advise",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Says by which technique to migrate a program, when, and what to expect.",
            "",
            "Total time, downtime and bytes, with an error band; why; and which known heartbeat timeouts the",
            "application's stop would fire.",
            "",
            "A running JVM is watched for a minute first, by the agent, as godwit record does; it goes on afterwards.",
            "Then its migration is replayed from many moments of that minute. All figures are modelled.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit advise 4711",
            "  godwit advise 4711 --watch 20s --bandwidth 10Gbit --memory 16GiB",
            "  godwit advise godwit-traces/service-20261123-101500 --json advice.json",
            "  godwit advise godwit-traces/service-20261123-101500 --timeouts ours.txt"
        })
final class AdviseCommand implements Callable<Integer> {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MOST_LIST_BYTES = 1 << 20;
    private static final int MOST_STARTS = 1000;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PID|TRACE",
            description = "A running JVM, or the directory of a trace, as godwit record wrote it.")
    private String subject;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "60s",
            description = "How long to watch a running JVM (default: ${DEFAULT-VALUE}).")
    private long watchNanos;

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
            description = "Memory of the VM (default: ${DEFAULT-VALUE}).")
    private long memoryBytes;

    @Option(
            names = "--downtime-limit",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "300ms",
            description = "Longest pause that is accepted (default: ${DEFAULT-VALUE}, as in QEMU).")
    private long downtimeLimitNanos;

    @Option(
            names = "--starts",
            paramLabel = "N",
            defaultValue = "" + Adviser.DEFAULT_STARTS,
            description = "From how many moments the best technique is replayed (default: ${DEFAULT-VALUE}).")
    private int starts;

    @Option(
            names = "--timeouts",
            paramLabel = "FILE",
            description = {
                "More heartbeat timeouts, or others for known ones: on each line",
                "name | milliseconds | what happens | source."
            })
    private Path timeouts;

    @Option(
            names = "--model-errors",
            paramLabel = "FILE",
            description = {
                "How far the model was from reality on machines like yours, as godwit model-errors",
                "--output wrote it (default: measured with the demo applications where Godwit was",
                "made)."
            })
    private Path modelErrors;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the advice to FILE too; whole or not at all.")
    private Path json;

    @Override
    public Integer call() throws TraceFormatException, InterruptedException {
        if (starts < 1 || starts > MOST_STARTS) {
            throw new ParameterException(spec.commandLine(), "--starts is " + starts + "; give 1 to " + MOST_STARTS);
        }
        if (json != null) {
            JsonFile.check(json);
        }
        List<HeartbeatTimeout> known = timeouts();
        ModelErrors errors = errors();
        ComparisonOptions options = options();
        Advice advice = advise(load(), options, known, errors);
        if (json != null) {
            JsonFile.write(json, AdviceReport.json(advice).getBytes(StandardCharsets.UTF_8));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(AdviceReport.text(advice));
        out.flush();
        if (advice.candidates().stream().anyMatch(candidate -> !candidate.verified())) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "a migration failed its check, which is a defect of godwit; please report it with the trace");
        }
        return ExitCode.OK.code();
    }

    private Advice advise(
            RecordedRun run, ComparisonOptions options, List<HeartbeatTimeout> known, ModelErrors errors) {
        try (CompareProgress progress = CompareProgress.start(Adviser.replays(starts))) {
            return Adviser.advise(run, options, starts, known, errors, progress.listener("advise"), new CancelToken());
        } catch (UnusableTraceException e) {
            throw new CommandFailure(ExitCode.DOES_NOT_FIT, e.getMessage(), e);
        }
    }

    private ComparisonOptions options() {
        try {
            return ComparisonOptions.defaults()
                    .withBandwidthBytesPerSecond(bandwidthBytesPerSecond)
                    .withLatencyNanos(latencyNanos)
                    .withMemoryBytes(memoryBytes)
                    .withDowntimeLimitNanos(downtimeLimitNanos)
                    .withSeed(seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private List<HeartbeatTimeout> timeouts() {
        List<HeartbeatTimeout> known = HeartbeatTimeout.known();
        if (timeouts == null) {
            return known;
        }
        try {
            return HeartbeatTimeout.merged(known, HeartbeatTimeout.parse(lines("--timeouts", timeouts)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--timeouts " + timeouts + ": " + e.getMessage(), e);
        }
    }

    private ModelErrors errors() {
        if (modelErrors == null) {
            return ModelErrorsFile.known();
        }
        try {
            return ModelErrorsFile.parse(lines("--model-errors", modelErrors));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--model-errors " + modelErrors + ": " + e.getMessage(), e);
        }
    }

    private List<String> lines(String option, Path file) {
        try {
            if (Files.size(file) > MOST_LIST_BYTES) {
                throw new ParameterException(
                        spec.commandLine(), option + " " + file + " is larger than 1 MiB: give a list of lines");
            }
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), option + " " + file + " cannot be read: " + e, e);
        }
    }

    private RecordedRun load() throws TraceFormatException, InterruptedException {
        Path trace = Path.of(subject);
        if (!subject.matches("\\d{1,10}") || Files.isDirectory(trace)) {
            return CompareSettings.load(trace);
        }
        try (ScratchDirectory scratch = ScratchDirectory.create("godwit-advise")) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("godwit: watching process " + subject + " for " + Figures.seconds(watchNanos));
            err.flush();
            Outcome outcome = RunningJvm.record(
                    Long.parseLong(subject),
                    Installation.agentJar(),
                    scratch.path(),
                    new RecordSettings(OptionalLong.of(watchNanos), INTERVAL_NANOS, false),
                    err);
            outcome.notices().forEach(notice -> err.println("godwit: notice: " + notice));
            err.flush();
            return CompareSettings.load(outcome.trace());
        }
    }
}
