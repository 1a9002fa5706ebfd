package dev.godwit.hypervisor.cli;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.hypervisor.cli.record.AttachedJvm;
import dev.godwit.hypervisor.cli.rehearse.LocalHost;
import dev.godwit.hypervisor.cli.rehearse.Refusals;
import dev.godwit.hypervisor.cli.rehearse.RehearsedProgram;
import dev.godwit.hypervisor.cli.rehearse.SectionWatch;
import dev.godwit.hypervisor.guest.live.ChannelAgent;
import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.rehearse.Rehearsal;
import dev.godwit.hypervisor.migration.rehearse.RehearsalOptions;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.hypervisor.migration.rehearse.SeriesOfStarts;
import dev.godwit.hypervisor.report.StartsReport;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit rehearse-starts}: what {@code godwit experiment starts} shows in replay, on a running JVM. */
@Command(
        name = "rehearse-starts",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Rehearses one program again and again, begun at random moments.",
            "",
            "By pre-copy: at once, and waiting for a good moment to begin and to pause. Says how many pauses",
            "hit a critical section, and what waiting took. Without PID the demo application settlement is started for it.",
            "What was hit is read from the memory of the stopped program, where the agent keeps count of what is open.",
            "All figures are measured.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit rehearse-starts",
            "  godwit rehearse-starts 4711 --starts 20 --bandwidth 1Gbit --max-wait 10s --json starts.json"
        })
final class RehearseStartsCommand implements Callable<Integer> {
    private static final int DAY_SECONDS = 86_400;
    private static final ProgressListener SILENT = new ProgressListener() {};

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PID", arity = "0..1", description = "A JVM that runs (default: settlement is started).")
    private Long pid;

    @Option(
            names = "--starts",
            paramLabel = "N",
            defaultValue = "12",
            description = "Rehearsals of each kind (default: ${DEFAULT-VALUE}).")
    private int starts;

    @Option(
            names = {"-b", "--bandwidth"},
            paramLabel = "RATE",
            defaultValue = "10Gbit",
            description = "What is sent at most, such as 1Gbit (default: ${DEFAULT-VALUE}).")
    private String bandwidth;

    @Option(
            names = "--downtime-limit",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "300ms",
            description = "Longest pause that is accepted (default: ${DEFAULT-VALUE}).")
    private long downtimeLimitNanos;

    @Option(
            names = "--max-wait",
            paramLabel = "TIME",
            split = ",",
            converter = Units.Duration.class,
            defaultValue = "500ms,30s",
            description = {
                "How long a good moment is waited for at most, before a migration begins and again",
                "before its pause; one series of rehearsals for each, comma-separated (default:",
                "${DEFAULT-VALUE})."
            })
    private List<Long> maxWaitNanos;

    @Option(
            names = "--between",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "4s",
            description = "Before each start a random time up to this passes (default: ${DEFAULT-VALUE}).")
    private long betweenNanos;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "10s",
            description = "How long a started program runs before the first start (default: ${DEFAULT-VALUE}).")
    private long warmUpNanos;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the random times (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result of each rehearsal to FILE too.")
    private Path json;

    private RehearsedProgram program;
    private SplittableRandom random;

    @Override
    public Integer call() throws InterruptedException {
        long bandwidthBytesPerSecond = check();
        random = new RandomStreams(seed).stream("rehearsed starts");
        List<SeriesOfStarts> series = new ArrayList<>();
        try (ScratchDirectory scratch = ScratchDirectory.create("godwit-rehearse-starts");
                RehearsedProgram rehearsed = pid == null ? settlement(scratch.path()) : RehearsedProgram.running(pid);
                LocalHost host = LocalHost.start(Godwit.class.getName());
                AgentConnection connection =
                        AttachedJvm.control(rehearsed.requireAlive().pid(), Installation.agentJar())) {
            program = rehearsed;
            Refusals.requireRight(program.pid(), program.name(), RehearsedTechnique.PRE_COPY);
            ChannelAgent agent = new ChannelAgent(connection);
            SectionWatch watch = new SectionWatch(agent);
            watch.watch(pid == null ? warmUpNanos : 0);
            RehearsalOptions now = new RehearsalOptions(
                    program.pid(),
                    program.name(),
                    host.address(),
                    TcpOptions.defaults()
                            .withBandwidthBytesPerSecond(bandwidthBytesPerSecond)
                            .withSecret(host.secret()),
                    true,
                    downtimeLimitNanos,
                    ConvergencePolicy.DEFAULT_MAX_ROUNDS,
                    false);
            series.add(series(now, agent, watch));
            for (long wait : maxWaitNanos) {
                series.add(series(now.withPause(PausePolicy.safe(wait)), agent, watch));
            }
            end(series, watch.longestNanos());
        } catch (IOException gone) {
            throw new CommandFailure(
                    ExitCode.CANNOT_REHEARSE, "the agent does not answer any more: " + gone.getMessage(), gone);
        }
        return ExitCode.OK.code();
    }

    private long check() {
        if (starts < 1 || starts > 1000) {
            throw new ParameterException(spec.commandLine(), "--starts " + starts + ": give 1 to 1000");
        }
        if (json != null) {
            JsonFile.check(json);
        }
        Refusals.requireNativeAccess();
        try {
            return Units.bytesPerSecond(bandwidth);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "--bandwidth: " + wrong.getMessage(), wrong);
        }
    }

    private static RehearsedProgram settlement(Path scratch) {
        List<String> words = new ArrayList<>(List.of("-XX:+UseG1GC", "-Xmx1g"));
        words.addAll(DemoService.SETTLEMENT.commandLine(DAY_SECONDS, scratch));
        return RehearsedProgram.start(DemoService.SETTLEMENT.label(), words);
    }

    private SeriesOfStarts series(RehearsalOptions options, ChannelAgent agent, SectionWatch watch)
            throws IOException, InterruptedException {
        List<RehearsalResult> results = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            watch.watch(random.nextLong(betweenNanos + 1));
            RehearsalResult result = Refusals.orFailure(
                    program.name(), () -> Rehearsal.run(options, Optional.of(agent), SILENT, new CancelToken()));
            results.add(result);
            say(new SeriesOfStarts(options.pause(), List.of()).label() + ", " + (i + 1) + " of " + starts + ": "
                    + StartsReport.brief(result));
            if (!result.programRuns()) {
                throw new CommandFailure(ExitCode.FAILED, program.name() + " has ended");
            }
        }
        return new SeriesOfStarts(options.pause(), results);
    }

    private void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private void end(List<SeriesOfStarts> series, long longestSectionNanos) {
        if (json != null) {
            JsonFile.write(
                    json,
                    StartsReport.json(program.name(), bandwidth, series, seed, longestSectionNanos)
                            .getBytes(StandardCharsets.UTF_8));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(StartsReport.text(program.name(), bandwidth, series, seed, longestSectionNanos));
        out.flush();
    }
}
