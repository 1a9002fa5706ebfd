package dev.godwit.hypervisor.migration.hybrid;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.GivenUp;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.PageSender;
import dev.godwit.hypervisor.migration.PendingPages;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.demand.PushOrder;
import dev.godwit.hypervisor.migration.demand.RunAhead;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;

/** One hybrid migration, from the first message to the last; {@link #run} reads as the protocol. */
public final class HybridEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "hybrid";

    private static final int PAGES_BETWEEN_REPORTS = 4096;

    private final MigrationSetting setting;
    private final VirtualClock clock;
    private final VirtualMachine source;
    private final DirtyLog dirtyLog;
    private final Link link;
    private final Migration migration;
    private final MigrationStatistics statistics = new MigrationStatistics();
    private final PageSender sender;
    private final PendingPages pending;
    private final Liaison liaison;
    private final RunAhead runAhead;
    private final PageBitmap missing;
    private long pausedNanos;

    public HybridEngine(MigrationSetting setting) {
        this.setting = setting;
        clock = setting.clock();
        source = setting.source();
        dirtyLog = source.memory().dirtyLog();
        link = setting.link();
        migration = new Migration(clock);
        sender = new PageSender(clock, source, setting.destination(), link, setting.encoder(), statistics);
        pending = new PendingPages(source.memory().pages(), setting.agent(), setting.policy(), statistics::notice);
        liaison = new Liaison(setting.agent(), clock, statistics);
        runAhead = new RunAhead(setting, migration, statistics, liaison);
        missing = new PageBitmap(source.memory().pages());
    }

    /**
     * Migrates. Up to the switch exactly one VM runs whatever happens; behind it a failure loses the VM, and the result
     * says so. The agent is told in every case.
     */
    @Override
    public Migration run() {
        long startedNanos = clock.nanos();
        try {
            setUp();
            startLogging();
            sendRound();
            collect();
            pause();
            choosePages();
            // The destination has to know which of its pages are out of date; all others stay as they are.
            runAhead.switchOver(missing, missing, pausedNanos);
        } catch (GivenUp given) {
            returnToSource();
            migration.cancel(given.getMessage());
        } catch (RuntimeException broken) {
            returnToSource();
            migration.fail(String.valueOf(broken.getMessage()));
        } finally {
            liaison.tellEnd(false);
            dirtyLog.stop();
        }
        if (!migration.status().isTerminal()) {
            runAhead.fetch(missing, order(), sender::wasSent, 2);
        }
        statistics.setTotalNanos(clock.nanos() - startedNanos);
        statistics.setEncoding(sender.report());
        statistics.setDeferredPages(pending.deferred());
        statistics.setDroppedPages(pending.dropped().count());
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

    private void setUp() {
        migration.begin("asked for by the operator");
        long from = clock.nanos();
        for (int i = 0; i < SETUP_ROUND_TRIPS; i++) {
            link.roundTrip();
        }
        statistics.setSetupNanos(clock.nanos() - from);
        checkCancelled();
    }

    private void startLogging() {
        // Logging begins before the first page is read: a write from here on is seen.
        dirtyLog.start();
        pending.setAll();
        migration.startRounds("the destination is ready");
    }

    /** All of memory but what the policy defers, while the guest writes on. */
    private void sendRound() {
        long from = clock.nanos();
        int total = pending.count();
        int done = 0;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (pending.takeInRound(gfn) && sender.send(gfn)) {
                checkCancelled();
            }
            if (++done % PAGES_BETWEEN_REPORTS == 0) {
                setting.progress().progressed(1, done, total);
            }
        }
        sender.flush();
        int deferred = pending.count();
        int dirtied = pending.sync(dirtyLog);
        statistics.synced();
        RoundStatistics ended = new RoundStatistics(
                1,
                false,
                clock.nanos() - from,
                sender.sentPages(),
                statistics.transferredBytes(),
                deferred,
                dirtied,
                (long) pending.sentInPause(sender::expectedBytes) + STATE_BYTES);
        statistics.endRound(ended);
        setting.progress().roundEnded(ended);
        checkCancelled();
    }

    /** What the young generation holds is mostly dead: it is collected, so that it need not be sent. */
    private void collect() {
        if (liaison.prepare()) {
            liaison.awaitPrepared();
            checkCancelled();
        }
    }

    private void pause() {
        source.pause();
        pausedNanos = clock.nanos();
        migration.pauseGuest("the round is over: what was written meanwhile follows");
        statistics.guestPaused();
        // The last reading of the log and the layout that drops pages: both while nothing can write any more.
        statistics.synced();
        pending.sync(dirtyLog);
    }

    private void choosePages() {
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (pending.takeAtPause(gfn)) {
                missing.set(gfn);
            }
        }
    }

    private PushOrder order() {
        return setting.agent().isPresent()
                ? PushOrder.asAJvmNeeds(source.memory(), missing)
                : PushOrder.aroundTheLastFault();
    }

    private void returnToSource() {
        if (!source.isRunning()) {
            source.resume();
        }
    }

    private void checkCancelled() {
        if (setting.cancel().isCancelled()) {
            throw new GivenUp("cancelled by the operator");
        }
    }
}
