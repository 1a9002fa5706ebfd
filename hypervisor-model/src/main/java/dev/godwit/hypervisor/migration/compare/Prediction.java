package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.ReplayedGuest;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationCosts;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.page.ContentModel;
import dev.godwit.hypervisor.page.EncoderThroughput;
import dev.godwit.hypervisor.page.ModelledEncoder;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.page.ZeroOrRawEncoder;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import dev.godwit.hypervisor.transport.VirtualLink;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.Optional;

/**
 * The model held against reality: what a replay gives for a migration that was rehearsed, from a trace of the same program.
 *
 * <p>A rehearsal migrates one process, so what is replayed is that process alone, without the kernel and the page cache
 * around it; link, technique, limits and encoding are those of the rehearsal. So is what a rehearsal does in another way than a
 * hypervisor: how long it took to set up, to keep its safety copy, and to read from outside what the program had
 * written, or, in the pause before a program runs ahead, which pages there are. Nothing else of what it measured is used. The same trace and rehearsal give the same prediction.
 *
 * <p>If the rehearsal says what was known of its machine before it began ({@link RehearsingMachine}), its replay has that machine's
 * processors, and shares them fairly between sender, destination and program; then it is also given what the JIT compilers of the
 * process that rehearsed had to do, which had just been started, as a hypervisor has not. What runs ahead of its memory takes
 * another way, through the guardian, and is handed over by messages, which took as long with a program that does nothing; if what that asks was not measured beforehand, it is replayed without processors.
 *
 * @param measured by the rehearsal
 * @param status how the replayed migration ended
 * @param reason why
 * @param memoryBytes what the process had when the replayed migration was over
 * @param statistics of the replayed migration
 */
public record Prediction(
        MeasuredRehearsal measured, String status, String reason, long memoryBytes, MigrationStatistics statistics) {
    private static final long SEED = 1;

    /**
     * Replays.
     *
     * @throws IllegalArgumentException if the rehearsal's technique is not known here; one line
     * @throws dev.godwit.hypervisor.guest.UnusableTraceException if nothing can be replayed
     */
    public static Prediction of(RecordedRun run, MeasuredRehearsal measured) {
        Technique technique = Technique.ALL.stream()
                .filter(each -> each.name().equals(measured.technique()) && each.hints() == measured.hints())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a rehearsal by the technique '" + measured.technique()
                        + "'" + (measured.hints() ? " with hints" : "") + ", which is not known"));
        VirtualClock clock = new VirtualClock();
        ReplayedGuest guest = ReplayedGuest.ofProcess(run, new RandomStreams(SEED), clock);
        int pages = guest.frames().pages();
        RehearsedLog log = new RehearsedLog(pages, measured);
        VirtualMachine source = machine("source", guest, clock, log);
        VirtualMachine destination = machine("destination", guest, clock, new NestedPagingDirtyLog(pages));
        Way way = measured.machine()
                .filter(machine -> measured.technique().equals(PreCopyEngine.TECHNIQUE)
                        || machine.work().ahead().isPresent())
                .map(machine -> shared(run, measured, machine, clock, source, destination))
                .orElseGet(() -> alone(run, measured, clock, source, destination));
        MigrationSetting setting = new MigrationSetting(
                clock,
                source,
                destination,
                way.link,
                way.cpu,
                way.encoder,
                new ConvergencePolicy(measured.downtimeLimitNanos(), measured.maxRounds()),
                measured.hints() ? Optional.<GuestAgent>of(guest) : Optional.empty(),
                TransferPolicy.deferYoung(),
                new CancelToken(),
                ProgressListener.NONE);
        MigrationEngine engine =
                technique.engine(setting, TechniqueOptions.DEFAULT, TechniqueOptions.DEFAULT.storage());
        source.boot();
        long memoryBytes =
                source.memory().populatedPages() * (long) guest.frames().pageSizeBytes();
        clock.advance(measured.setupNanos());
        long pauseNanos = pauseNanos(measured);
        source.watch(changed -> {
            log.stands(!changed.isRunning());
            if (changed.vcpu().state() == Vcpu.RunState.PAUSED) {
                clock.advance(pauseNanos);
            }
        });
        Migration migration = engine.run();
        MigrationStatistics statistics = engine.statistics();
        statistics.setSetupNanos(statistics.setupNanos() + measured.setupNanos());
        statistics.setTotalNanos(statistics.totalNanos() + measured.setupNanos());
        if (statistics.downtimeNanos() > 0) {
            // The engine counts from when the guest stands.
            statistics.setDowntimeNanos(statistics.downtimeNanos() + pauseNanos);
        }
        return new Prediction(measured, migration.status().label(), migration.reason(), memoryBytes, statistics);
    }

    /** How pages come to the destination, and who does the work. */
    private record Way(Link link, MigrationCpu cpu, PageEncoder encoder) {}

    /** Hosts that have a processor for the migration beside those of the guest. */
    private static Way alone(
            RecordedRun run,
            MeasuredRehearsal measured,
            VirtualClock clock,
            VirtualMachine source,
            VirtualMachine destination) {
        return new Way(
                wire(clock, measured),
                new MigrationCpu(
                        source.host().thread("migration"),
                        destination.host().thread("migration"),
                        MigrationCosts.MEASURED),
                encoder(run, measured));
    }

    /** The machine of the rehearsal, whose processors all share. The link knows what they do. */
    private static Way shared(
            RecordedRun run,
            MeasuredRehearsal measured,
            RehearsingMachine machine,
            VirtualClock clock,
            VirtualMachine source,
            VirtualMachine destination) {
        // What looking for zeros costs is in the work of a page.
        PageEncoder encoder = measured.compression() == Compression.NONE
                ? new ZeroOrRawEncoder(run.facts().pageSizeBytes())
                : encoder(run, measured);
        WeighedPages pages =
                new WeighedPages(encoder, machine.work(), source.memory().pages(), destination::isRunning);
        RehearsedLink link = new RehearsedLink(
                clock,
                wire(clock, measured),
                processorsOf(machine, measured),
                measured.compilingNanos(),
                pages,
                source,
                destination);
        return new Way(link, MigrationCpu.encodingOnly(clock), pages);
    }

    /** Whether pre-copy converges may hang on what a program wants more than it used: there it is not taken into account. */
    private static RehearsingMachine processorsOf(RehearsingMachine machine, MeasuredRehearsal measured) {
        return measured.technique().equals(PreCopyEngine.TECHNIQUE) ? machine.asUsed() : machine;
    }

    private static VirtualLink wire(VirtualClock clock, MeasuredRehearsal measured) {
        return new VirtualLink(clock, measured.bandwidthBytesPerSecond(), measured.latencyNanos());
    }

    /**
     * What holds a rehearsal up in its pause before its program runs ahead, beside what is sent: looking which pages there are, as it
     * was measured, and handing over, as it was with a program that does nothing.
     */
    private static long pauseNanos(MeasuredRehearsal measured) {
        if (measured.technique().equals(PreCopyEngine.TECHNIQUE)) {
            return 0;
        }
        double handOverNanos = measured.machine()
                .flatMap(machine -> machine.work().ahead())
                .map(AheadWork::handOverNanos)
                .orElse(0.0);
        return measured.surveyNanos() + (long) handOverNanos;
    }

    private static VirtualMachine machine(String name, ReplayedGuest guest, VirtualClock clock, DirtyLog log) {
        int pages = guest.frames().pages();
        GuestMemory memory = new GuestMemory(pages, guest.frames().pageSizeBytes(), new HostMemory(pages), log);
        return new VirtualMachine(
                name, new Host(name, clock, HostOptions.DEFAULT.pcpus()), Share.DEFAULT, memory, guest);
    }

    private static PageEncoder encoder(RecordedRun run, MeasuredRehearsal measured) {
        int pageBytes = run.facts().pageSizeBytes();
        if (measured.compression() == Compression.NONE) {
            return new ZeroOrRawEncoder(pageBytes, EncoderThroughput.MEASURED);
        }
        return new ModelledEncoder(new ModelledEncoder.Setting(
                new ContentModel(run.contents(), pageBytes),
                measured.compression()
                        .policy(EncoderThroughput.MEASURED, measured.bandwidthBytesPerSecond(), pageBytes),
                EncoderThroughput.MEASURED,
                measured.bandwidthBytesPerSecond(),
                pageBytes,
                measured.deltaCacheBytes(),
                new RandomStreams(SEED).stream("sizes of encoded pages")));
    }

    /** Predicted over measured total time; 1 is right. */
    public double totalTimeRatio() {
        return (double) statistics.totalNanos() / measured.totalNanos();
    }

    /** Predicted over measured bytes; 1 is right. */
    public double transferredRatio() {
        return (double) statistics.transferredBytes() / measured.transferredBytes();
    }
}
