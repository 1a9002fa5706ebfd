package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.hypervisor.cli.Units;
import dev.godwit.hypervisor.cli.record.Outcome;
import dev.godwit.hypervisor.cli.record.RecordSettings;
import dev.godwit.hypervisor.cli.record.RunningJvm;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.UnusableTraceException;
import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.migration.compare.MeasuredRehearsal;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.migration.compare.RehearsingMachine;
import dev.godwit.hypervisor.migration.rehearse.AheadWorkMeter;
import dev.godwit.hypervisor.migration.rehearse.PageWorkMeter;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.trace.TraceFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/**
 * A trace of the run that is rehearsed, taken in the seconds before the rehearsal.
 *
 * <p>Why before and not meanwhile: the recorder in the JVM and the rehearsal both need to hear which pages were written, and
 * the kernel tells one tracker only (a second userfaultfd on the same memory is refused, and a scan takes the marks away that
 * the other waits for). Two would also slow the program twice. What follows the recording at once is the same run of the same
 * program.
 */
public final class RecordingBefore {
    /** Fine enough for rounds of half a second. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Part of the recording that is over when the young generation is collected: in the half that is replayed, and once. */
    private static final double COLLECTED_AT = 0.7;

    @Option(
            names = "--record",
            paramLabel = "DIR",
            description = {
                "Record the program into DIR, a new or empty directory, just before it is",
                "rehearsed, and say at the end what a replay of that trace predicts of this",
                "rehearsal. What a page asks of this machine's processors is measured first, for",
                "about a second; for techniques that run ahead, some seconds."
            })
    private Path directory;

    @Option(
            names = "--record-for",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "10s",
            description = "How long to record (default: ${DEFAULT-VALUE}).")
    private long durationNanos;

    /** True if a trace was asked for. */
    public boolean isAsked() {
        return directory != null;
    }

    /**
     * What was learnt before a rehearsal.
     *
     * @param trace of the program
     * @param machine that it runs on; empty if its processors could not be measured
     */
    public record Recorded(Path trace, Optional<RehearsingMachine> machine) {}

    /**
     * Records, as that was asked for, and measures before that what sending pages asks of the machine's processors, and meanwhile
     * what the program uses of them.
     *
     * <p>A rehearsal with hints asks for a young collection, and what one leaves alive and writes is known from a trace that
     * has one: a program that allocates little would have none in these seconds, so that one is asked for.
     *
     * @param runsAhead whether the program runs ahead of its memory: what that asks of the processors is measured too
     * @param hints whether the rehearsal leaves Eden out of its tracking, as the recording then does
     * @param destinationHere whether the destination is a process of this machine
     * @param mainClass that starts another process of this program
     */
    public Recorded record(
            long pid,
            Path agentJar,
            boolean runsAhead,
            boolean hints,
            boolean destinationHere,
            String mainClass,
            PrintWriter err)
            throws InterruptedException {
        Optional<PageWork> work = measure(mainClass, runsAhead, err);
        long nanos = Math.max(durationNanos, 4 * INTERVAL_NANOS);
        RecordSettings settings = new RecordSettings(
                OptionalLong.of(nanos),
                INTERVAL_NANOS,
                !hints,
                hints ? OptionalLong.of((long) (nanos * COLLECTED_AT)) : OptionalLong.empty());
        try (ProcessorUse use = ProcessorUse.of(pid)) {
            Outcome outcome = RunningJvm.record(pid, agentJar, directory, settings, err);
            double programProcessors = use.processors();
            double programWants = use.wantedProcessors();
            outcome.lines().forEach(err::println);
            err.flush();
            return new Recorded(
                    outcome.trace(),
                    work.map(pages -> new RehearsingMachine(
                            Runtime.getRuntime().availableProcessors(),
                            destinationHere,
                            programProcessors,
                            programWants,
                            pages)));
        }
    }

    /** Of a destination elsewhere it is taken that it is like this machine. */
    private static Optional<PageWork> measure(String mainClass, boolean runsAhead, PrintWriter err) {
        err.println("godwit: measuring what a page asks of this machine's processors"
                + (runsAhead ? ", by rehearsing a program that does nothing" : ""));
        err.flush();
        try (LocalHost host = LocalHost.start(mainClass)) {
            TcpOptions options = TcpOptions.defaults().withSecret(host.secret());
            PageWork work = PageWorkMeter.measure(host.address(), options, host.pid());
            return Optional.of(
                    runsAhead ? work.withAhead(AheadWorkMeter.measure(host.address(), options, host.pid())) : work);
        } catch (IOException unmeasured) {
            err.println("godwit: notice: the replay will know nothing of this machine's processors: "
                    + unmeasured.getMessage());
            return Optional.empty();
        }
    }

    /** True if an address is one of this machine's. */
    public static boolean isHere(InetSocketAddress address) {
        try {
            return address.getAddress() != null
                    && (address.getAddress().isLoopbackAddress()
                            || NetworkInterface.getByInetAddress(address.getAddress()) != null);
        } catch (SocketException unknown) {
            return false;
        }
    }

    /**
     * What a replay makes of a rehearsal.
     *
     * @throws CommandFailure if the trace cannot be used; one line
     */
    public static Prediction predict(Path trace, MeasuredRehearsal measured) {
        try {
            return Prediction.of(RecordedRun.load(trace), measured);
        } catch (TraceFormatException | UnusableTraceException | IllegalArgumentException bad) {
            throw new CommandFailure(
                    ExitCode.UNREADABLE_TRACE, "cannot use trace " + trace + ": " + bad.getMessage(), bad);
        }
    }
}
