package dev.godwit.hypervisor.migration.precopy;

import dev.godwit.hypervisor.hint.CollectionPolicy;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.GivenUp;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.PageSender;
import dev.godwit.hypervisor.migration.PauseGate;
import dev.godwit.hypervisor.migration.PendingPages;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.refetch.Refetch;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Optional;

/**
 * One pre-copy migration, from the first message to the last; {@link #run} reads as the protocol.
 *
 * <p>Without an agent every page that the destination lacks is sent. With one, the policy may defer pages in the rounds
 * and drop some at the pause, and the agent is asked to collect and hold the application just before it.
 */
public final class PreCopyEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "pre-copy";

    /** Name in reports of the one that reads from shared storage. */
    public static final String DBMS_AWARE = "dbms-aware";

    private static final int PAGES_BETWEEN_REPORTS = 4096;

    /** How long to wait before looking again when only survivors keep a migration from its pause; QEMU's time slice. */
    private static final long SURVIVOR_WAIT_NANOS = 100_000_000;

    /** How long to wait for a good moment before what was written meanwhile is sent, so that it never gets much. */
    private static final long MOMENT_WAIT_NANOS = 100_000_000;

    private final Clock clock;
    private final VirtualMachine source;
    private final Link link;
    private final ConvergencePolicy convergence;
    private final ProgressListener progress;

    private final Course course;
    private final MigrationStatistics statistics;
    private final PageSender sender;
    private final PendingPages pending;
    private final Liaison liaison;
    private final Optional<AutoConverge> autoConverge;
    private final Optional<Refetch> refetch;
    private final Remainder remainder;
    private int round = 1;
    /** Of these, rounds that do not count against the cap. */
    private int uncountedRounds;

    private RoundStart roundStart;
    private int dirtiedBeforePause;

    private record RoundStart(long nanos, long sentPages, long sentBytes) {}

    public PreCopyEngine(MigrationSetting setting) {
        this(setting, Optional.empty(), Optional.empty());
    }

    /** Pre-copy that slows a guest which dirties its memory faster than it is sent. */
    public static PreCopyEngine withAutoConverge(MigrationSetting setting) {
        return new PreCopyEngine(setting, Optional.of(new AutoConverge()), Optional.empty());
    }

    /** Pre-copy whose destination reads from shared storage what is the same there, in parallel with the first round. */
    public static PreCopyEngine withRefetch(MigrationSetting setting, StorageCopies copies) {
        return new PreCopyEngine(setting, Optional.empty(), Optional.of(copies));
    }

    private PreCopyEngine(
            MigrationSetting setting, Optional<AutoConverge> autoConverge, Optional<StorageCopies> copies) {
        this.autoConverge = autoConverge;
        clock = setting.clock();
        source = setting.source();
        link = setting.link();
        convergence = setting.convergence();
        progress = setting.progress();
        course = new Course(setting);
        statistics = course.statistics();
        sender = new PageSender(setting, statistics);
        pending = course.pending();
        liaison = course.liaison();
        refetch = copies.map(laid -> new Refetch(setting, laid, statistics));
        remainder = new Remainder(setting, course, sender);
    }

    /** Migrates. Whatever happens, exactly one of the two VMs runs afterwards, and the agent was told. */
    @Override
    public Migration run() {
        Migration migration = course.run(() -> {
            startLogging();
            do {
                sendRound();
                syncDirtyLog();
            } while (!mayPause() || !isGoodMoment() || !prepare());
            pause();
            sendRest();
            sendState();
            switchOver();
        });
        statistics.setThrottle(source.throttlePercent(), source.throttledNanos());
        source.throttle(0);
        refetch.ifPresent(Refetch::close);
        sender.noticeKindsSentRaw();
        addAcknowledgement(migration);
        return migration;
    }

    @Override
    public MigrationStatistics statistics() {
        return statistics;
    }

    @Override
    public PageBitmap dropped() {
        return pending.dropped();
    }

    private void startLogging() {
        course.startLogging();
        refetch.ifPresent(this::handOver);
        startRound();
    }

    /** Tells the destination what to read from storage. A page that is written from now on is in the log, and is sent. */
    private void handOver(Refetch storage) {
        PageBitmap pages = pending.takeToRefetch(storage.inStep());
        if (pages.count() == 0) {
            statistics.notice("nothing of this guest is known to be on shared storage: all pages are sent");
        }
        link.send(Refetch.listBytes(pages));
        storage.begin(pages);
    }

    /** Nothing else is left to send: what storage has not come to goes over the link. */
    private void helpStorage(Refetch storage) {
        for (int gfn = storage.takeLast(); gfn >= 0; gfn = storage.takeLast()) {
            if (sender.send(gfn)) {
                course.checkCancelled();
            }
        }
        sender.flush();
        storage.await();
    }

    private void startRound() {
        roundStart = new RoundStart(clock.nanos(), sender.sentPages(), statistics.transferredBytes());
    }

    /** Sends what the policy says of the pending pages; those it defers stay pending. */
    private void sendRound() {
        int total = pending.count();
        int done = 0;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (pending.takeInRound(gfn) && sender.send(gfn)) {
                course.checkCancelled();
            }
            if (++done % PAGES_BETWEEN_REPORTS == 0) {
                progress.progressed(round, done, total);
            }
        }
        sender.flush();
        refetch.ifPresent(this::helpStorage);
    }

    /** Ends a round: collects the pages written since the last time, before any of them is read. */
    private void syncDirtyLog() {
        int deferred = pending.count();
        int dirtied = course.syncDirtyLog();
        sender.endRound();
        endRound(false, deferred, dirtied, remainder.expectedBytes());
        throttle(dirtied);
        startRound();
        course.checkCancelled();
    }

    /** Slows the guest if this migration may, and if it dirties too much of what is sent. */
    private void throttle(int dirtiedPages) {
        autoConverge.ifPresent(rule -> {
            long sentBytes = statistics.transferredBytes() - roundStart.sentBytes;
            source.throttle(rule.roundEnded(
                    sentBytes, (long) dirtiedPages * source.memory().pageSizeBytes()));
        });
    }

    private void endRound(boolean paused, long deferred, long dirtied, long leftBytes) {
        RoundStatistics ended = new RoundStatistics(
                round,
                paused,
                clock.nanos() - roundStart.nanos,
                sender.sentPages() - roundStart.sentPages,
                statistics.transferredBytes() - roundStart.sentBytes,
                deferred,
                dirtied,
                leftBytes);
        statistics.endRound(ended);
        progress.roundEnded(ended);
    }

    private boolean mayPause() {
        long left = remainder.decide(isLastRound());
        boolean may = switch (remainder.choice()) {
            case COLLECT -> fits(left) || decide(left);
            case PAUSE_AT_ONCE -> decide(left);
            case SEND_YOUNG -> goOnWithYoung(left);
            case NEXT_ROUND -> goOn(left);
        };
        if (!may && remainder.isKeptBySurvivorsAlone()) {
            // However little else is left: sending that again and again would not change it; another collection may.
            clock.advance(SURVIVOR_WAIT_NANOS);
        }
        return may;
    }

    /** As many more rounds as a migration has that never left the young generation out. */
    private boolean goOnWithYoung(long leftBytes) {
        note(leftBytes);
        uncountedRounds = round;
        round++;
        return false;
    }

    /** Another round, even if a pause with a collection might fit; unless none is left. */
    private boolean goOn(long leftBytes) {
        if (!fits(leftBytes)) {
            return decide(leftBytes);
        }
        round++;
        return false;
    }

    private boolean isLastRound() {
        return round - uncountedRounds >= convergence.maxRounds();
    }

    private boolean fits(long leftBytes) {
        return convergence.fits(note(leftBytes));
    }

    private ConvergencePolicy.Statistics note(long leftBytes) {
        statistics.setRemainingBytes(leftBytes);
        ConvergencePolicy.Statistics now = course.statisticsOf(round - uncountedRounds, leftBytes);
        statistics.setExpectedDowntimeNanos(now.expectedDowntimeNanos());
        return now;
    }

    private boolean decide(long leftBytes) {
        ConvergencePolicy.Statistics now = note(leftBytes);
        return switch (convergence.decide(now)) {
            case SWITCH_OVER -> true;
            case GIVE_UP -> throw new GivenUp(convergence.reasonToGiveUp(now));
            case NEXT_ROUND -> {
                round++;
                yield false;
            }
        };
    }

    private boolean collects() {
        return remainder.choice() == CollectionPolicy.Choice.COLLECT;
    }

    /**
     * True if the application can bear the pause now. If not, some time has been waited, and what was written meanwhile is to be
     * sent; such rounds do not count.
     */
    private boolean isGoodMoment() {
        PauseGate gate = course.gate();
        if (gate.isOpen(collects())) {
            return true;
        }
        gate.await(collects(), MOMENT_WAIT_NANOS, course.setting().cancel());
        oneMoreUncounted();
        syncDirtyLog();
        if (!mayPause()) {
            return false;
        }
        boolean open = gate.isOpen(collects());
        if (!open) {
            oneMoreUncounted();
        }
        return open;
    }

    private void oneMoreUncounted() {
        round++;
        uncountedRounds++;
    }

    /**
     * Has the agent collect and then hold the application, if that is the choice, and sends on meanwhile.
     *
     * @return false if more was left alive than the downtime limit allows, or the application went into a critical section
     *     before it could be held: it is let go, the rounds go on
     */
    private boolean prepare() {
        if (liaison.canCollect() && !collects()) {
            return true;
        }
        if (!liaison.prepare()) {
            return true;
        }
        long expected = statistics.remainingBytes();
        round++;
        for (int gfn = pending.next(0); gfn >= 0 && !liaison.isPrepared(); gfn = pending.next(gfn + 1)) {
            if (pending.takeInRound(gfn) && sender.send(gfn)) {
                course.checkCancelled();
            }
        }
        sender.flush();
        liaison.awaitPrepared();
        syncDirtyLog();
        long left = remainder.ifPausedAtOnceBytes();
        if (!decide(left)) {
            liaison.letGo(left - expected);
            return false;
        }
        if (!course.staysHeld()) {
            oneMoreUncounted();
            return false;
        }
        return true;
    }

    private void pause() {
        course.pause("what is left fits into the downtime limit");
        statistics.guestPaused();
        // The last reading of the log and the layout that drops pages: both while nothing can write any more.
        dirtiedBeforePause = course.syncDirtyLog();
    }

    private void sendRest() {
        round++;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (pending.takeAtPause(gfn) && sender.send(gfn)) {
                course.checkCancelled();
            }
        }
        sender.flush();
        statistics.setRemainingBytes(0);
        endRound(true, 0, dirtiedBeforePause, 0);
    }

    private void sendState() {
        link.send(course.stateBytes());
        link.awaitArrival();
    }

    private void switchOver() {
        course.switchOver(() -> course.migration().complete("the guest runs at the destination"));
    }

    /** The source is released when the destination has said that the guest runs; a lost word changes nothing. */
    private void addAcknowledgement(Migration migration) {
        if (migration.status() == MigrationStatus.COMPLETED) {
            statistics.setTotalNanos(statistics.totalNanos() + link.latencyNanos());
        }
    }
}
