package dev.godwit.hypervisor.migration.precopy;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.GivenUp;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.PageSender;
import dev.godwit.hypervisor.migration.PendingPages;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.refetch.Refetch;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Optional;
import java.util.stream.Collectors;

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

    private final Clock clock;
    private final VirtualMachine source;
    private final Link link;
    private final MigrationCpu cpu;
    private final ConvergencePolicy convergence;
    private final ProgressListener progress;

    private final Course course;
    private final MigrationStatistics statistics;
    private final PageSender sender;
    private final PendingPages pending;
    private final Liaison liaison;
    private final Optional<AutoConverge> autoConverge;
    private final Optional<Refetch> refetch;
    private int round = 1;
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
        cpu = setting.cpu();
        convergence = setting.convergence();
        progress = setting.progress();
        course = new Course(setting);
        statistics = course.statistics();
        sender = new PageSender(setting, statistics);
        pending = course.pending();
        liaison = course.liaison();
        refetch = copies.map(laid -> new Refetch(setting, laid, statistics));
    }

    /** Migrates. Whatever happens, exactly one of the two VMs runs afterwards, and the agent was told. */
    @Override
    public Migration run() {
        Migration migration = course.run(() -> {
            startLogging();
            do {
                sendRound();
                syncDirtyLog();
            } while (!mayPause() || !prepare());
            pause();
            sendRest();
            sendState();
            switchOver();
        });
        statistics.setThrottle(source.throttlePercent(), source.throttledNanos());
        source.throttle(0);
        refetch.ifPresent(Refetch::close);
        statistics.setEncoding(sender.report());
        noticeKindsSentRaw();
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
        liaison.roundEnded();
        int deferred = pending.count();
        int dirtied = course.syncDirtyLog();
        sender.endRound();
        endRound(false, deferred, dirtied, leftBytes());
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

    /** What a pause now would have to carry, pages and state; with a collection before it if there is one to be had. */
    private long leftBytes() {
        if (!liaison.canCollect()) {
            return leftIfPausedAtOnce();
        }
        statistics.setPredictedSurvivorBytes(liaison.predictedSurvivorBytes());
        return (long) Math.ceil(pending.sentInRound(sender::expectedBytes) + expectedSurvivorBytes())
                + course.stateBytes();
    }

    /** What a collection is expected to leave alive, as it would be sent. */
    private double expectedSurvivorBytes() {
        long survivors = statistics.predictedSurvivorBytes() / source.memory().pageSizeBytes();
        return survivors * sender.expectedSurvivorBytes();
    }

    private long leftIfPausedAtOnce() {
        return (long) Math.ceil(pending.sentInPause(sender::expectedBytes)) + course.stateBytes();
    }

    private boolean mayPause() {
        boolean may = decide(leftBytes());
        if (!may && survivorsAloneKeepIt()) {
            // However little else is left: sending that again and again would not change it; another collection may.
            clock.advance(SURVIVOR_WAIT_NANOS);
        }
        return may;
    }

    /** True if the pause would be too long even if nothing but the survivors were left. */
    private boolean survivorsAloneKeepIt() {
        return liaison.canCollect()
                && !convergence.fits(statisticsOf((long) Math.ceil(expectedSurvivorBytes()) + course.stateBytes()));
    }

    private ConvergencePolicy.Statistics statisticsOf(long leftBytes) {
        return new ConvergencePolicy.Statistics(round, leftBytes, cpu.carriedBytesPerSecond(link), link.latencyNanos());
    }

    private boolean decide(long leftBytes) {
        statistics.setRemainingBytes(leftBytes);
        ConvergencePolicy.Statistics now = statisticsOf(leftBytes);
        statistics.setExpectedDowntimeNanos(now.expectedDowntimeNanos());
        return switch (convergence.decide(now)) {
            case SWITCH_OVER -> true;
            case GIVE_UP -> throw new GivenUp(convergence.reasonToGiveUp(now));
            case NEXT_ROUND -> {
                round++;
                yield false;
            }
        };
    }

    /**
     * Has the agent collect and then hold the application, and sends on meanwhile.
     *
     * @return false if more was left alive than the downtime limit allows: the application is let go, the rounds go on
     */
    private boolean prepare() {
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
        long left = leftIfPausedAtOnce();
        boolean little = decide(left);
        if (!little) {
            liaison.letGo(left - expected);
        }
        return little;
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

    private void noticeKindsSentRaw() {
        statistics.encoding().ifPresent(report -> {
            String kinds = report.kinds().stream()
                    .filter(kind -> !kind.sampled())
                    .map(kind -> kind.kind().label())
                    .collect(Collectors.joining(", "));
            if (!kinds.isEmpty()) {
                statistics.notice(
                        "the trace has no sample of the contents of these kinds of memory, they were sent raw: "
                                + kinds);
            }
        });
    }
}
