package dev.godwit.hypervisor.cli;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.hypervisor.cli.record.AttachedJvm;
import dev.godwit.hypervisor.cli.rehearse.ConnectionSettings;
import dev.godwit.hypervisor.cli.rehearse.LocalHost;
import dev.godwit.hypervisor.cli.rehearse.PageSettings;
import dev.godwit.hypervisor.cli.rehearse.RecordingBefore;
import dev.godwit.hypervisor.cli.rehearse.Refusals;
import dev.godwit.hypervisor.cli.rehearse.RehearsalProgress;
import dev.godwit.hypervisor.cli.rehearse.WatchedRehearsal;
import dev.godwit.hypervisor.guest.live.ChannelAgent;
import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.rehearse.RehearsalOptions;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.hypervisor.report.PredictionReport;
import dev.godwit.hypervisor.report.RehearsalReport;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code godwit rehearse}. */
@Command(
        name = "rehearse",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Live-migrates the memory of a running JVM for real; the program runs on where it was.",
            "",
            "All its private memory goes page by page over a connection to a second process, godwit host; the program is",
            "paused and goes on as in a real migration; every page is compared with the source's.",
            "",
            "Needs Linux 6.7 or newer on x86-64, and the right to trace the process (root, or its user where the machine",
            "allows it; root if the program runs on before its memory is there). Nothing is left in the program, whatever",
            "becomes of the rehearsal. All figures are measured.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit rehearse 4711 --local",
            "  godwit rehearse 4711 --local --when safe --max-wait 30s",
            "  godwit rehearse 4711 --local --bandwidth 10Gbit --downtime-limit 100ms --json out.json",
            "  godwit rehearse 4711 --local --technique post-copy",
            "  godwit rehearse 4711 --to 10.0.0.2:7440 --secret-file s --tls-certificate c.pem --tls-key k.pem --tls-trust t.pem"
        })
final class RehearseCommand implements Callable<Integer> {
    private static final long LONGEST_CANCEL_SECONDS = 20;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PID", description = "The JVM.")
    private long pid;

    @Option(names = "--to", paramLabel = "HOST:PORT", description = "Where godwit host listens.")
    private String to;

    @Option(names = "--local", description = "Start a destination host on this machine, for this rehearsal.")
    private boolean local;

    @Option(
            names = {"-b", "--bandwidth"},
            paramLabel = "RATE",
            converter = Units.Bandwidth.class,
            defaultValue = "1Gbit",
            description = "What is sent at most, such as 1Gbit, 10Gbit or 125MB/s (default: ${DEFAULT-VALUE}).")
    private long bandwidthBytesPerSecond;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            defaultValue = "0",
            description = "Latency that is added to everything sent, such as 100us (default: ${DEFAULT-VALUE}).")
    private String latency;

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
            defaultValue = "" + ConvergencePolicy.DEFAULT_MAX_ROUNDS,
            description =
                    "Rounds after which a migration that does not converge is given up (default: ${DEFAULT-VALUE}).")
    private int maxRounds;

    @Option(
            names = {"-t", "--technique"},
            paramLabel = "NAME",
            converter = TechniqueName.class,
            defaultValue = "pre-copy",
            description = {
                "pre-copy: send all while the program runs, then what it wrote meanwhile;",
                "post-copy: pause, take its pages away, and bring them back while it runs on;",
                "hybrid: one round of pre-copy, then post-copy of what was written meanwhile;",
                "cancellable-post-copy: post-copy, and what the program writes comes back, so that",
                "Ctrl-C brings it home (default: ${DEFAULT-VALUE})."
            })
    private RehearsedTechnique technique;

    @Option(
            names = "--hints",
            paramLabel = "on|off",
            defaultValue = "on",
            description = {
                "on: leave the young generation out of the rounds and Eden out of the tracking,",
                "have the agent collect it before the pause, leave out what the heap layout of the",
                "stopped JVM proves empty and what the program declares discardable, and have the",
                "destination read from files what it declares refetchable; off: send every page",
                "(default: ${DEFAULT-VALUE})."
            })
    private Hints hints;

    @Option(
            names = "--no-agent",
            description = {
                "Load nothing into the JVM. Then nothing is collected before the pause, and what",
                "the program felt is not measured."
            })
    private boolean noAgent;

    @Option(
            names = "--poison",
            description = {
                "Before the program goes on, overwrite what was proven empty with a pattern",
                "instead of zeros: if any of it were still needed, the program would break at",
                "once."
            })
    private boolean poison;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = {
                "How long to watch before and after what the program gets done, to tell what it",
                "lost meanwhile; 0: not at all (default: ${DEFAULT-VALUE})."
            })
    private String window;

    @Mixin
    private WhenSettings when;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to FILE too, in QEMU's names.")
    private Path json;

    @Mixin
    private PageSettings pageSettings;

    @Mixin
    private RecordingBefore recording;

    @Mixin
    private ConnectionSettings connection;

    /** By the names that reports use. */
    static final class TechniqueName implements ITypeConverter<RehearsedTechnique> {
        @Override
        public RehearsedTechnique convert(String name) {
            return RehearsedTechnique.named(name)
                    .orElseThrow(() ->
                            new TypeConversionException(name + " is no technique that can be rehearsed: give one of "
                                    + Stream.of(RehearsedTechnique.values())
                                            .map(RehearsedTechnique::label)
                                            .collect(Collectors.joining(", "))));
        }
    }

    private enum Hints {
        on,
        off
    }

    private final CancelToken cancel = new CancelToken();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean interrupted;
    private Optional<RecordingBefore.Recorded> recorded = Optional.empty();

    @Override
    public Integer call() throws InterruptedException {
        check();
        long unused = windowNanos();
        TcpOptions link = connection
                .options(spec.commandLine())
                .withBandwidthBytesPerSecond(bandwidthBytesPerSecond)
                .withLatencyNanos(latencyNanos());
        recorded = recording.isAsked() ? Optional.of(record()) : Optional.empty();
        Thread hook = new Thread(this::interrupt, "godwit-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return end(rehearse(link));
        } catch (CommandFailure failure) {
            if (interrupted) {
                // The caller has no more time to say it.
                spec.commandLine().getErr().println("godwit: " + failure.getMessage());
                spec.commandLine().getErr().flush();
            }
            throw failure;
        } finally {
            if (interrupted) {
                done.countDown();
                Thread.currentThread().join();
            }
            done.countDown();
        }
    }

    private void check() {
        if ((to == null) != local) {
            throw new ParameterException(
                    spec.commandLine(), "give either --to HOST:PORT, where godwit host listens, or --local");
        }
        if (maxRounds < 1) {
            throw new ParameterException(spec.commandLine(), "--max-rounds must be at least 1");
        }
        if (when.pause().safe() && (noAgent || hints == Hints.off)) {
            throw new ParameterException(
                    spec.commandLine(), "--when safe asks the agent: leave out --no-agent and --hints off");
        }
        if (json != null) {
            JsonFile.check(json);
        }
        Refusals.requireNativeAccess();
        Refusals.requireRight(pid, "process " + pid, technique);
    }

    private long latencyNanos() {
        return orZero("--latency", latency);
    }

    private long windowNanos() {
        return orZero("--watch", window);
    }

    private long orZero(String option, String time) {
        if (time.equals("0")) {
            return 0;
        }
        try {
            return Units.nanos(time);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), option + ": " + wrong.getMessage(), wrong);
        }
    }

    private WatchedRehearsal rehearse(TcpOptions link) {
        if (!local) {
            return rehearse(link, ConnectionSettings.address(spec.commandLine(), "--to", to));
        }
        try (LocalHost host = LocalHost.start(Godwit.class.getName())) {
            return rehearse(link.withSecret(host.secret()), host.address());
        }
    }

    private WatchedRehearsal rehearse(TcpOptions link, InetSocketAddress address) {
        if (noAgent) {
            return rehearse(link, address, Optional.empty());
        }
        try (AgentConnection agent = AttachedJvm.control(pid, Installation.agentJar())) {
            return rehearse(link, address, Optional.of(new ChannelAgent(agent)));
        }
    }

    private WatchedRehearsal rehearse(TcpOptions link, InetSocketAddress address, Optional<InsideAgent> agent) {
        RehearsalOptions options = pageSettings
                .applyTo(new RehearsalOptions(
                                pid,
                                "process " + pid,
                                address,
                                link,
                                hints == Hints.on,
                                downtimeLimitNanos,
                                maxRounds,
                                poison)
                        .withTechnique(technique))
                .withPause(when.pause());
        RehearsalProgress progress = new RehearsalProgress(spec.commandLine().getErr(), link);
        return Refusals.orFailure(
                "process " + pid, () -> WatchedRehearsal.run(options, agent, progress, cancel, windowNanos()));
    }

    private RecordingBefore.Recorded record() throws InterruptedException {
        return recording.record(
                pid,
                Installation.agentJar(),
                technique.runsAhead(),
                hints == Hints.on,
                local || RecordingBefore.isHere(ConnectionSettings.address(spec.commandLine(), "--to", to)),
                Godwit.class.getName(),
                spec.commandLine().getErr());
    }

    private int end(WatchedRehearsal watched) {
        RehearsalResult result = watched.result();
        byte[] written = RehearsalReport.json(
                        result, watched.throughput(), recorded.flatMap(RecordingBefore.Recorded::machine))
                .getBytes(StandardCharsets.UTF_8);
        if (json != null) {
            JsonFile.write(json, written);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(RehearsalReport.text(result, watched.throughput()));
        if (recorded.isPresent() && result.migration().statistics().transferredBytes() > 0) {
            out.println();
            out.print(PredictionReport.text(
                    RecordingBefore.predict(recorded.get().trace(), PredictionReport.measured(written))));
        }
        out.flush();
        if (result.migration().status() != MigrationStatus.COMPLETED) {
            return ExitCode.NOT_MIGRATED.code();
        }
        if (!result.migration().verification().passed()) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "the destination's memory was not proven equal to the source's: "
                            + result.migration().verification().text());
        }
        return ExitCode.OK.code();
    }

    /** Ctrl-C: the migration is given up in order, and what came of it is printed, before this JVM ends. */
    private void interrupt() {
        if (done.getCount() == 0) {
            return;
        }
        interrupted = true;
        cancel.cancel();
        try {
            boolean unused = done.await(LONGEST_CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
