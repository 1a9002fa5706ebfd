package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.agent.heap.RemoteHeap;
import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.guest.live.ProcessDirtyLog;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningJvm;
import dev.godwit.hypervisor.guest.live.RunningJvmAgent;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.hint.HintRules;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.sim.RealClock;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.linux.PageSize;
import java.util.List;
import java.util.Optional;

/**
 * One rehearsal: the source's side of a migration for real, after which the program runs on where it was.
 *
 * <p>The order at the end: the engine pauses the program, sends the rest, and hands over; that is the downtime. Then, while
 * the program still stands, the hashes of its pages are compared with the destination's, and what was dropped is
 * overwritten: it runs on with exactly the memory that the destination received. Whatever goes wrong, it runs on.
 */
public final class Rehearsal {
    private final RehearsalOptions options;
    private final Optional<InsideAgent> agent;
    private final ProgressListener progress;
    private final CancelToken cancel;
    private final RealClock clock = new RealClock();
    private final int pageBytes = PageSize.bytes();
    private RunningProcess process;
    private ProcessPages pages;
    private SourceStream stream;
    private ProcessPageEncoder encoder;
    private MigrationEngine engine;
    private StandstillWatch watch;
    private Standstill standstill;
    private Comparison comparison = Comparison.NONE;
    private long comparingNanos;
    private long overwrittenPages;
    private RemoteHeap heap;
    private Optional<RunningJvmAgent> jvm = Optional.empty();

    private Rehearsal(
            RehearsalOptions options, Optional<InsideAgent> agent, ProgressListener progress, CancelToken cancel) {
        this.options = options;
        this.agent = agent;
        this.progress = progress;
        this.cancel = cancel;
    }

    /**
     * Rehearses. The calling thread must not be interrupted; to end it early, use the token.
     *
     * @param agent inside the JVM: collects before the pause, if there are hints, and tells of stalls
     * @throws RuntimeException one line, if the process cannot be looked at; it runs on in any case
     */
    public static RehearsalResult run(
            RehearsalOptions options, Optional<InsideAgent> agent, ProgressListener progress, CancelToken cancel) {
        return options.technique().runsAhead()
                ? new AheadRehearsal(options, agent, progress, cancel).run()
                : new Rehearsal(options, agent, progress, cancel).run();
    }

    private RehearsalResult run() {
        // Before the other host is spoken to: it does not wait for a silent one for ever.
        Optional<Moments.Choice> start = GoodMoment.await(options, agent, clock, cancel);
        try (RunningProcess opened = RunningProcess.open(options.pid())) {
            process = opened;
            heap = options.hints() ? RemoteHeap.open(options.pid()) : null;
            pages = ProcessSurvey.pagesOf(
                    process, heap == null ? List.of() : heap.ranges().heap());
            try (SourceStream connected = new SourceStream(options.destination(), options.link(), pages, pageBytes)) {
                stream = connected;
                return migrate(start);
            } finally {
                if (heap != null) {
                    heap.close();
                }
                if (watch != null) {
                    watch.close();
                }
                if (encoder != null) {
                    encoder.close();
                }
            }
        }
    }

    private RehearsalResult migrate(Optional<Moments.Choice> start) {
        ProcessDirtyLog log = new ProcessDirtyLog(process, pages);
        RunningJvm program = new RunningJvm(log);
        VirtualMachine source = ProcessMachine.make("source", pages, log, program);
        VirtualMachine destination =
                ProcessMachine.make("destination", pages, new NestedPagingDirtyLog(pages.capacity()), program);
        watch = StandstillWatch.of(stream, options.downtimeLimitNanos());
        standstill = new Standstill(process, heap, watch, clock);
        source.watch(this::sourceChanged);
        destination.watch(this::destinationChanged);
        StreamLink link = new StreamLink(
                stream,
                new Opening(),
                options.link().bandwidthBytesPerSecond(),
                options.link().latencyNanos());
        encoder = new ProcessPageEncoder(
                process,
                pages,
                log,
                stream.batch(),
                stream.batchMemory(),
                pageBytes,
                Squeezing.of(options, pages, pageBytes, () -> jvm.flatMap(RunningJvmAgent::lastLayout)),
                stream.inFiles(),
                stream::endRound,
                link::addReadingNanos);
        engine = new PreCopyEngine(new MigrationSetting(
                        clock,
                        source,
                        destination,
                        link,
                        MigrationCpu.real(),
                        encoder,
                        new ConvergencePolicy(options.downtimeLimitNanos(), options.maxRounds()),
                        jvmAgent(log),
                        TransferPolicy.deferYoung(),
                        cancel,
                        progress)
                .withRules(HintRules.DEFAULT.withPause(options.pause())));
        start.ifPresent(engine.statistics().moments()::started);
        source.boot();
        StallRecord stalls = new StallRecord(agent, engine.statistics()::notice);
        stalls.begin();
        OtherThreads others = new OtherThreads();
        Migration migration = engine.run();
        long othersNanos = others.nanosSince();
        boolean verified = false;
        String verification = "not compared: the migration was not completed";
        if (migration.status() == MigrationStatus.COMPLETED) {
            try {
                verification = compareAndOverwrite();
                verified = comparison.isEqual();
            } catch (RuntimeException broken) {
                verification = "not compared to the end: " + broken.getMessage();
            }
        } else {
            stream.cancel(migration.reason());
        }
        long populatedPages = source.memory().populatedPages();
        standstill.letGo();
        return new RehearsalResult(
                options,
                RehearsalResult.migrated(
                        options,
                        migration,
                        engine.statistics(),
                        populatedPages,
                        pageBytes,
                        new MigrationResult.Verification(verified, verification)),
                stream.carried(),
                stream.sentBytes(),
                comparison.pages(),
                comparingNanos,
                watch.stoodNanos(),
                overwrittenPages,
                ProcessHandle.of(options.pid()).map(ProcessHandle::isAlive).orElse(false),
                othersNanos,
                stalls.end(),
                DeclaredPages.of(jvm, engine.dropped(), stream.carried()),
                Optional.empty());
    }

    private void sourceChanged(VirtualMachine source) {
        if (source.isRunning()) {
            standstill.letGo();
        } else if (source.vcpu().state() == Vcpu.RunState.PAUSED) {
            jvm.ifPresent(RunningJvmAgent::moment);
            jvm.ifPresent(RunningJvmAgent::beforeStop);
            standstill.hold();
            stream.paused();
            jvm.flatMap(RunningJvmAgent::moment).ifPresent(engine.statistics().moments()::stoppedAt);
        }
    }

    private Optional<GuestAgent> jvmAgent(ProcessDirtyLog log) {
        if (heap == null) {
            return Optional.empty();
        }
        GuestFrames frames = GuestFrames.running(pages.heapTable(), pageBytes, pages.capacity(), pages::framesOf);
        RunningJvmAgent told = new RunningJvmAgent(process, heap, frames, clock, agent, standstill);
        log.leaveOut(told::eden);
        jvm = Optional.of(told);
        return Optional.of(told);
    }

    private void destinationChanged(VirtualMachine destination) {
        if (destination.isRunning()) {
            try {
                stream.switchOver();
            } catch (RuntimeException neverRan) {
                destination.release();
                throw neverRan;
            }
        }
    }

    private final class Opening implements StreamLink.Session {
        @Override
        public void introduce() {
            stream.introduce(options.name(), PreCopyEngine.TECHNIQUE, pageBytes, false, jvm);
        }

        /** What never had content, and what is proven empty: the destination must wait for neither. */
        @Override
        public void pagesSent() {
            for (int gfn = 0; gfn < pages.given(); gfn++) {
                if (isWithout(gfn)) {
                    if (!stream.batch().hasRoom(0)) {
                        stream.sendPages();
                    }
                    stream.batch().dropped(pages.page(gfn), 1);
                }
            }
            stream.sendPages();
        }
    }

    /** True for a page that the destination does not get. */
    private boolean isWithout(int gfn) {
        return engine.dropped().get(gfn) || !encoder.wasSent(gfn);
    }

    private String compareAndOverwrite() {
        long from = clock.nanos();
        comparison = Comparison.make(process, pages, stream, this::isWithout, engine.dropped());
        comparingNanos = clock.nanos() - from;
        // A program that may have been let go by the end of this JVM must not be written to.
        if (comparison.isEqual() && process.isPaused() && !cancel.isCancelled()) {
            overwrittenPages = DroppedPages.overwrite(process, pages, engine.dropped(), options.poison());
        }
        return comparison.text();
    }
}
