package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.cli.record.Outcome;
import dev.godwit.hypervisor.cli.record.OutputDirectory;
import dev.godwit.hypervisor.cli.record.RecordSettings;
import dev.godwit.hypervisor.cli.record.RunningJvm;
import dev.godwit.hypervisor.cli.record.StartedProgram;
import java.io.PrintWriter;
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

/** {@code godwit record}. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        customSynopsis = {
            "godwit record [OPTIONS] -- JAVA-OPTIONS-AND-PROGRAM...",
            "       godwit record [OPTIONS] -- java|javac|TOOL|./SCRIPT ARGUMENTS...",
            "       godwit record [OPTIONS] --pid PID"
        },
        description = {
            "Records what a JVM does to its memory, into a trace.",
            "",
            "Starts the program with the agent, or attaches the agent to a running JVM. The program keeps",
            "the terminal; what godwit says goes to standard error.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit record --duration 20s -- -Xmx2g -jar service.jar    java of JAVA_HOME, ended after 20 s",
            "  godwit record -- javac -d out @sources.txt                 a tool of the JDK, to its end",
            "  godwit record --duration 1min -- ./bin/service start       the first JVM that a script starts",
            "  godwit record --pid 4711 --duration 30s                    a running JVM; it goes on afterwards"
        })
final class RecordCommand implements Callable<Integer> {
    private static final long ATTACHED_DURATION_NANOS = TimeUnit.SECONDS.toNanos(20);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "WORDS", arity = "0..*", description = "The program, behind --.")
    private List<String> words = List.of();

    @Option(names = "--pid", paramLabel = "PID", description = "Record the running JVM with this process id.")
    private Long pid;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "New or empty directory for the trace (default: godwit-traces/NAME-TIMESTAMP).")
    private Path output;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            converter = Units.Duration.class,
            description = {
                "How long to record, such as 20s or 5min (default: until the program ends; with",
                "--pid: 20s)."
            })
    private Long durationNanos;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "500ms",
            description = "Time between two scans for written pages (default: ${DEFAULT-VALUE}).")
    private long intervalNanos;

    @Option(
            names = "--eden",
            paramLabel = "track|skip",
            defaultValue = "skip",
            description = {
                "skip: take Eden as written as far as it is filled, which costs the program least;",
                "track: track it page by page like the rest (default: ${DEFAULT-VALUE})."
            })
    private Eden eden;

    @Option(
            names = "--keep-running",
            description = "Let the started program go on to its own end when the duration is over.")
    private boolean keepRunning;

    private enum Eden {
        track,
        skip
    }

    @Override
    public Integer call() throws InterruptedException {
        if ((pid == null) == words.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    pid == null
                            ? "nothing to record: name a program behind --, or a running JVM with --pid"
                            : "either a program or --pid can be recorded, not both");
        }
        checkInterval();
        PrintWriter err = spec.commandLine().getErr();
        Outcome outcome = pid == null ? recordProgram(err) : recordJvm(err);
        outcome.lines().forEach(err::println);
        err.println("godwit: next: godwit inspect " + outcome.trace() + ", or godwit compare " + outcome.trace());
        err.flush();
        return ExitCode.OK.code();
    }

    private Outcome recordProgram(PrintWriter err) throws InterruptedException {
        Path agent = Installation.agentJar();
        Path directory = output == null ? OutputDirectory.defaultPath(StartedProgram.name(words)) : output;
        OptionalLong duration = durationNanos == null ? OptionalLong.empty() : OptionalLong.of(durationNanos);
        RecordSettings settings = new RecordSettings(duration, intervalNanos, eden == Eden.track);
        return StartedProgram.record(
                words,
                agent,
                OutputDirectory.claim(directory),
                settings,
                keepRunning,
                StartedProgram::withTerminal,
                err);
    }

    private Outcome recordJvm(PrintWriter err) throws InterruptedException {
        Path directory = output == null ? OutputDirectory.defaultPath("pid-" + pid) : output;
        long duration = durationNanos == null ? ATTACHED_DURATION_NANOS : durationNanos;
        RecordSettings settings = new RecordSettings(OptionalLong.of(duration), intervalNanos, eden == Eden.track);
        return RunningJvm.record(pid, Installation.agentJar(), directory, settings, err);
    }

    private void checkInterval() {
        if (intervalNanos < TimeUnit.MILLISECONDS.toNanos(10) || intervalNanos > TimeUnit.HOURS.toNanos(1)) {
            throw new ParameterException(spec.commandLine(), "--interval must be from 10ms to 1h");
        }
        if (durationNanos != null && durationNanos < intervalNanos) {
            throw new ParameterException(spec.commandLine(), "--duration must not be shorter than --interval");
        }
    }
}
