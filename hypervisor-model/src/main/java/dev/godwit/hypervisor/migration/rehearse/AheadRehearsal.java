package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.agent.heap.RemoteHeap;
import dev.godwit.agent.heap.VmRanges;
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
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.cancellable.CancellablePostCopyEngine;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.sim.RealClock;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.guardian.Guardian;
import dev.godwit.linux.guardian.GuardianException;
import dev.godwit.linux.guardian.SafetyCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * A rehearsal in which the program runs on before its memory is there. It stays where it is, as its own destination: at the
 * switch its pages are taken away, and the safety copy is the memory of the source from then on. Each page goes over the link
 * to the destination host, comes back from there, is compared, and is brought to the program by the guardian.
 *
 * <p>What only a rehearsal does in the pause, saving the last pages and taking all away, is measured and left out of the
 * downtime; looking from outside which pages there are is part of it, as in every rehearsal. Whatever breaks behind the switch, the program gets what it lacks from the safety copy.
 */
final class AheadRehearsal {
    private static final long BRING_LIMIT_NANOS = 60_000_000_000L;

    private final RehearsalOptions options;
    private final Optional<InsideAgent> agent;
    private final ProgressListener progress;
    private final CancelToken cancel;
    private final RealClock clock = new RealClock();
    private final int pageBytes = PageSize.bytes();
    private ProcessPages pages;
    private SafetyCopy copy;
    private SourceStream stream;
    private StreamLink link;
    private RealSide side;
    private Guardian guardian;
    private RunningProcess process;
    private SafetyLog log;
    private SavedPageEncoder encoder;
    private MigrationEngine engine;
    private VirtualMachine source;
    private VirtualMachine destination;
    private StandstillWatch watch;
    private Standstill standstill;
    private Switchover switchover;
    private ReturnedPages returned;
    private RealHome home;
    private RemoteHeap heap;
    private VmRanges ranges = VmRanges.unknown();
    private Optional<Moments.Choice> start = Optional.empty();
    private Optional<RunningJvmAgent> jvm = Optional.empty();
    private long preparingNanos;
    private long recoveryNanos;
    private long comparedPages;

    AheadRehearsal(
            RehearsalOptions options, Optional<InsideAgent> agent, ProgressListener progress, CancelToken cancel) {
        this.options = options;
        this.agent = agent;
        this.progress = progress;
        this.cancel = cancel;
    }

    RehearsalResult run() {
        start = GoodMoment.await(options, agent, clock, cancel);
        try {
            heap = options.hints() ? RemoteHeap.open(options.pid()) : null;
            ranges = heap == null ? ranges : heap.ranges();
            try (RunningProcess looked = RunningProcess.look(options.pid())) {
                pages = ProcessSurvey.pagesOf(looked, ranges.heap());
            }
            try (SafetyCopy saved = SafetyCopy.create(pages.capacity());
                    SourceStream connected =
                            new SourceStream(options.destination(), options.link(), pages, pageBytes)) {
                copy = saved;
                stream = connected;
                return runGuarded();
            }
        } finally {
            if (heap != null) {
                heap.close();
            }
        }
    }

    /** The guardian's process, while there is one. */
    long guardianPid() {
        return guardian.guardianPid();
    }

    private RehearsalResult runGuarded() {
        link = new StreamLink(
                stream,
                new Opening(),
                options.link().bandwidthBytesPerSecond(),
                options.link().latencyNanos());
        side = new RealSide(
                pages, copy, options.link().latencyNanos(), options.link().bandwidthBytesPerSecond(), link::flush);
        try {
            guardian = Guardian.start(options.pid(), copy, side);
        } catch (IOException notStarted) {
            throw new UncheckedIOException(notStarted);
        }
        try (RunningProcess guarded = RunningProcess.open(options.pid(), new GuardedControl(guardian))) {
            process = guarded;
            return migrate();
        } finally {
            side.close();
            if (home != null) {
                home.close();
            }
            if (watch != null) {
                watch.close();
            }
            if (returned != null) {
                returned.close();
            }
        }
    }

    private RehearsalResult migrate() {
        ProcessDirtyLog tracked = new ProcessDirtyLog(process, pages);
        log = new SafetyLog(tracked, process, pages, copy, stream::alive);
        RunningJvm program = new RunningJvm(tracked);
        source = ProcessMachine.make("source", pages, log, program);
        destination = ProcessMachine.make("destination", pages, new NestedPagingDirtyLog(pages.capacity()), program);
        side.serve(guardian, source.memory(), destination.memory(), stream);
        if (!options.technique().comesBack()) {
            side.endWhen(cancel::isCancelled);
        }
        watch = StandstillWatch.of(stream, options.downtimeLimitNanos());
        standstill = new Standstill(process, heap, watch, clock);
        Optional<GuestAgent> inside = jvmAgent(tracked);
        source.boot();
        preparingNanos = log.prepare();
        source.watch(this::sourceChanged);
        destination.watch(this::destinationChanged);
        try (ProcessPageEncoder ofProcess = new ProcessPageEncoder(
                process,
                pages,
                tracked,
                stream.batch(),
                stream.batchMemory(),
                pageBytes,
                Squeezing.of(options, pages, pageBytes, () -> jvm.flatMap(RunningJvmAgent::lastLayout)),
                stream.inFiles(),
                stream::endRound,
                link::addReadingNanos)) {
            encoder = new SavedPageEncoder(ofProcess, copy, pageBytes);
            switchover = new Switchover(
                    process,
                    pages,
                    destination.memory(),
                    log,
                    encoder,
                    stream,
                    guardian,
                    watch,
                    options.poison(),
                    text -> engine.statistics().notice(text));
            return migrate(inside);
        }
    }

    private RehearsalResult migrate(Optional<GuestAgent> inside) {
        MigrationSetting setting = new MigrationSetting(
                        clock,
                        source,
                        destination,
                        link,
                        MigrationCpu.real(),
                        encoder,
                        new ConvergencePolicy(options.downtimeLimitNanos(), options.maxRounds()),
                        inside,
                        TransferPolicy.deferYoung(),
                        cancel,
                        progress)
                .withRules(HintRules.DEFAULT.withPause(options.pause()));
        engine = switch (options.technique()) {
            case POST_COPY -> new PostCopyEngine(setting, side);
            case HYBRID -> new HybridEngine(setting, side);
            case CANCELLABLE_POST_COPY -> CancellablePostCopyEngine.to(side, setting, this::wayHome);
            case PRE_COPY -> throw new IllegalArgumentException("pre-copy does not run ahead");
        };
        start.ifPresent(engine.statistics().moments()::started);
        StallRecord stalls = new StallRecord(agent, engine.statistics()::notice);
        stalls.begin();
        OtherThreads others = new OtherThreads();
        Migration migration = engine.run();
        long othersNanos = others.nanosSince();
        MigrationResult.Verification verification = conclude(migration);
        if (switchover.isDone()) {
            AheadFigures.correct(engine.statistics(), copy, side, switchover);
        } else {
            standstill.letGo();
        }
        long populatedPages = source.memory().populatedPages();
        return new RehearsalResult(
                options,
                RehearsalResult.migrated(
                        options, migration, engine.statistics(), populatedPages, pageBytes, verification),
                stream.carried(),
                stream.sentBytes(),
                comparedPages,
                home == null ? 0 : home.comparingNanos(),
                watch.stoodNanos(),
                switchover.emptiedPages(),
                ProcessHandle.of(options.pid()).map(ProcessHandle::isAlive).orElse(false),
                othersNanos,
                stalls.end(),
                DeclaredPages.of(jvm, engine.dropped(), stream.carried()),
                switchover.isDone() ? Optional.of(ahead()) : Optional.empty());
    }

    /** What comes behind the migration: the comparison, or, if it failed, the program's way out. */
    private MigrationResult.Verification conclude(Migration migration) {
        if (!switchover.isDone()) {
            stream.cancel(migration.reason());
            return new MigrationResult.Verification(false, "not compared: the migration was not completed");
        }
        try {
            if (migration.status() == MigrationStatus.COMPLETED) {
                SavedComparison comparison = compare();
                comparedPages = comparison.hashed();
                return new MigrationResult.Verification(comparison.isEqual(), comparison.text());
            }
            if (migration.status() == MigrationStatus.CANCELLED) {
                return concludeHome();
            }
        } catch (RuntimeException broken) {
            return new MigrationResult.Verification(false, "not compared to the end: " + broken.getMessage());
        }
        recover();
        return new MigrationResult.Verification(false, "not compared: the migration was not completed");
    }

    private MigrationResult.Verification concludeHome() {
        endOfLink();
        stream.completeAtSource();
        awaitMemory();
        comparedPages = home.comparedPages();
        return new MigrationResult.Verification(
                home.differentPages() == 0 && comparedPages > 0,
                comparedPages + " pages of the stopped program compared with those that the source had or got back, "
                        + home.differentPages() + " differ");
    }

    private RealHome wayHome(Course course) {
        home = new RealHome(course, new ProgramOnItsWayHome(standstill, watch, stream, guardian), pages);
        side.comeBackBy(home);
        return home;
    }

    private Optional<GuestAgent> jvmAgent(ProcessDirtyLog tracked) {
        if (heap == null) {
            return Optional.empty();
        }
        GuestFrames frames = GuestFrames.running(pages.heapTable(), pageBytes, pages.capacity(), pages::framesOf);
        RunningJvmAgent told = new RunningJvmAgent(
                process, heap, frames, clock, agent.map(inside -> new SavingAgent(log, inside)), standstill);
        tracked.leaveOut(told::eden);
        jvm = Optional.of(told);
        return Optional.of(told);
    }

    private void sourceChanged(VirtualMachine changed) {
        if (changed.isRunning()) {
            standstill.letGo();
        } else if (changed.vcpu().state() == Vcpu.RunState.PAUSED) {
            if (!process.isPaused()) {
                log.catchUp();
            }
            jvm.ifPresent(RunningJvmAgent::moment);
            jvm.ifPresent(RunningJvmAgent::beforeStop);
            standstill.hold();
            stream.paused();
            jvm.flatMap(RunningJvmAgent::moment).ifPresent(engine.statistics().moments()::stoppedAt);
            watch.busy(true);
            // The books know from here on which pages there are.
            log.survey();
            watch.busy(false);
        }
    }

    private void destinationChanged(VirtualMachine changed) {
        if (changed.isRunning()) {
            try {
                switchover.run(engine.dropped(), home != null, this::begin);
                standstill.letGo();
            } catch (RuntimeException neverRan) {
                changed.release();
                throw neverRan;
            }
            KindsOfMemory kinds = new KindsOfMemory(pages, source.memory());
            switchover.sort(() -> jvm.ifPresent(told -> kinds.enter(ranges, told.lastLayout())));
        }
    }

    private void begin() {
        link.gather();
        encoder.runAhead();
        if (home != null) {
            home.use(new ChangedPages(process, pages, copy, log.hadAtPause(engine.dropped())), returned);
        }
        side.begin();
    }

    /** The destination is lost, and a VM would be: the program gets everything from the copy. */
    private void recover() {
        long from = WallClock.nanos();
        side.lose("the migration failed");
        awaitMemory();
        recoveryNanos = WallClock.nanos() - from;
    }

    private void awaitMemory() {
        try {
            if (!guardian.awaitFinished(BRING_LIMIT_NANOS)) {
                engine.statistics().notice("some pages were not yet there when nobody waited for them any more");
            }
        } catch (GuardianException ended) {
            engine.statistics().notice(ended.getMessage());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** All has come back: what the destination holds is compared with what was saved at the pause. */
    private SavedComparison compare() {
        awaitMemory();
        endOfLink();
        return SavedComparison.make(
                copy,
                pages,
                stream,
                log.hadAtPause(engine.dropped())::get,
                side.returnedPages(),
                switchover.missingPages());
    }

    private void endOfLink() {
        side.close();
        returned.close();
        stream.endRound();
    }

    private AheadResult ahead() {
        return AheadFigures.of(
                copy, side, switchover, preparingNanos, engine.statistics().runAhead(), recoveryNanos);
    }

    private final class Opening implements StreamLink.Session {
        @Override
        public void introduce() {
            stream.introduce(options.name(), options.technique().label(), pageBytes, home != null, jvm);
            try {
                returned =
                        ReturnedPages.connect(options.destination(), options.link(), stream.session(), side, pageBytes);
            } catch (IOException refused) {
                throw new LinkLostException(refused.getMessage(), refused);
            }
        }

        @Override
        public void pagesSent() {
            // What the destination is not given is said at the switch, when it is known what follows.
        }
    }
}
