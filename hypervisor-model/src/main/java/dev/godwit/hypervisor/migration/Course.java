package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.hint.CollectionPolicy;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.Balloon;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Optional;

/**
 * What every engine does alike: it sets out, asks whether it was cancelled, pauses the guest, and comes to an end, of which
 * the agent is told whatever happens. What lies between is the engine's protocol.
 */
public final class Course {
    private final MigrationSetting setting;
    private final Clock clock;
    private final VirtualMachine source;
    private final DirtyLog dirtyLog;
    private final Migration migration;
    private final MigrationStatistics statistics = new MigrationStatistics();
    private final PendingPages pending;
    private final Liaison liaison;
    private final PauseGate gate;
    private Optional<VmFate> rolledBack = Optional.empty();
    private long pausedNanos;

    public Course(MigrationSetting setting) {
        this.setting = setting;
        clock = setting.clock();
        source = setting.source();
        dirtyLog = source.memory().dirtyLog();
        migration = new Migration(clock);
        pending = new PendingPages(source.memory(), setting.agent(), setting.policy(), statistics::notice);
        liaison = new Liaison(setting.agent(), clock, statistics);
        gate = new PauseGate(liaison, setting.rules().pause(), clock, statistics.moments());
    }

    /**
     * Runs a protocol to its end. A protocol that throws before the destination runs leaves the guest to the source; if that
     * host is lost, the guest is, as it would be without a migration.
     *
     * @return the state machine, in a terminal state
     */
    public Migration run(Runnable protocol) {
        long startedNanos = clock.nanos();
        try {
            setUp();
            protocol.run();
        } catch (GivenUp given) {
            returnToSource();
            migration.cancel(given.getMessage());
        } catch (RuntimeException broken) {
            fail(String.valueOf(broken.getMessage()));
        } finally {
            tellEnd(migration.status() == MigrationStatus.COMPLETED);
            dirtyLog.stop();
            setting.link().close();
        }
        statistics.setFate(fate());
        statistics.setTotalNanos(clock.nanos() - startedNanos);
        statistics.setDeferredPages(pending.deferred());
        statistics.setDroppedPages(pending.dropped().count());
        statistics.setEncoding(setting.encoder().report());
        Balloon left = source.memory().balloon();
        Balloon there = setting.destination().memory().balloon();
        statistics.setBalloon(left.pages(), left.deflatedOnDemand() + there.deflatedOnDemand());
        return migration;
    }

    private void setUp() {
        migration.begin("asked for by the operator");
        Link link = setting.link();
        long from = clock.nanos();
        for (int i = 0; i < MigrationEngine.SETUP_ROUND_TRIPS; i++) {
            link.roundTrip();
        }
        statistics.setSetupNanos(clock.nanos() - from);
        checkCancelled();
        migration.startRounds("the destination is ready");
    }

    /** Leaves the protocol if the operator asked to. */
    public void checkCancelled() {
        if (setting.cancel().isCancelled()) {
            throw new GivenUp("cancelled by the operator");
        }
    }

    /** Begins to log writes, and takes all pages for pending. */
    public void startLogging() {
        long from = clock.nanos();
        // Logging begins before the first page is read: a write from here on is seen.
        dirtyLog.start();
        statistics.addDirtyLogNanos(clock.nanos() - from);
        payForLogging();
        pending.setAll();
    }

    /**
     * Takes over what was written since the last time, clearing it in the log; the guest, if it runs, writes on for as
     * long as that takes.
     *
     * @return number of pages that had been written
     */
    public int syncDirtyLog() {
        long from = clock.nanos();
        int dirtied = pending.sync(dirtyLog);
        statistics.addDirtyLogNanos(clock.nanos() - from);
        statistics.synced();
        payForLogging();
        return dirtied;
    }

    /** In a replay no time has passed for it yet; of a running program there is nothing to pay any more. */
    private void payForLogging() {
        long nanos = dirtyLog.takeCostNanos();
        setting.cpu().workAtSource(nanos);
        statistics.addDirtyLogNanos(nanos);
    }

    /**
     * Waits until the guest may be paused, as soon as this returns. What the young generation holds is mostly dead: it is
     * collected, so that it need not be sent, if that pays.
     */
    public void collect() {
        boolean collects = isCollectionWorthIt();
        while (true) {
            gate.await(collects, Long.MAX_VALUE / 2, setting.cancel());
            checkCancelled();
            if (!collects || !liaison.prepare()) {
                return;
            }
            liaison.awaitPrepared();
            checkCancelled();
            if (staysHeld()) {
                return;
            }
        }
    }

    /** False if the application went into a critical section before it could be held, and need not be: it is let go. */
    public boolean staysHeld() {
        if (gate.isOpen(true)) {
            return true;
        }
        liaison.letGo("the application went into a critical section before it could be held; it was let go");
        return false;
    }

    /** True if a collection saves more time on the link than it stops the application; or if there is none to be had. */
    private boolean isCollectionWorthIt() {
        if (!liaison.canCollect() || setting.rules().collection() == CollectionPolicy.ALWAYS) {
            return true;
        }
        long pageBytes = source.memory().pageSizeBytes();
        long expected = liaison.expectedCollectionNanos();
        double savedBytes = (double) pending.youngPages() * pageBytes - liaison.predictedSurvivorBytes();
        boolean pays = CollectionPolicy.pays(savedBytes, expected, setting.cpu().carriedBytesPerSecond(setting.link()));
        if (!pays) {
            statistics.moments().notCollected(CollectionPolicy.reasonNotTo(savedBytes, expected));
        }
        return pays;
    }

    /** What stands before the pause. */
    public PauseGate gate() {
        return gate;
    }

    /** What is known at the end of a round. */
    public ConvergencePolicy.Statistics statisticsOf(int round, long leftBytes) {
        Link link = setting.link();
        return new ConvergencePolicy.Statistics(
                round, leftBytes, setting.cpu().carriedBytesPerSecond(link), link.latencyNanos());
    }

    /** Pauses the guest at the source. */
    public void pause(String reason) {
        source.pause();
        pausedNanos = clock.nanos();
        migration.pauseGuest(reason);
        // Before memory is read for the last time: devices write to it too.
        clock.advance(source.untilQuietNanos());
    }

    /** What the VM is beside its memory, on the wire as it is now. */
    public long stateBytes() {
        return MigrationEngine.STATE_BYTES + source.queuedStateBytes();
    }

    /**
     * Of all pages those that the destination is to have, by the layout as it is now, while nothing can write; the others are
     * proven empty.
     */
    public PageBitmap chooseAtPause() {
        PageBitmap chosen = new PageBitmap(source.memory().pages());
        pending.setAll();
        pending.takeAllAtPause(chosen);
        return chosen;
    }

    /**
     * The destination takes over, and its application is no longer held.
     *
     * @param runs what becomes of the migration when the guest runs there
     */
    public void switchOver(Runnable runs) {
        // Last chance: behind it the destination runs.
        checkCancelled();
        VirtualMachine destination = setting.destination();
        destination.load(source);
        // In this order: at no moment may both run.
        source.release();
        destination.resume();
        statistics.setDowntimeNanos(clock.nanos() - pausedNanos);
        runs.run();
        liaison.applicationRuns(pausedNanos);
        // Now, not when memory is there: the application is held until it is told.
        tellEnd(true);
    }

    /** The guest runs at the source again, with all that it has done, and its application is no longer held. */
    public void cameHome(long stoppedNanos) {
        liaison.applicationRuns(stoppedNanos);
        tellEnd(true);
    }

    /** The guest went on at the source from an earlier state of itself: so much work is lost. */
    public void rolledBack(long lostWorkNanos) {
        rolledBack = Optional.of(new VmFate.RolledBack(lostWorkNanos));
    }

    /** An agent that cannot be told changes nothing: the guest runs where it runs. */
    private void tellEnd(boolean completed) {
        try {
            liaison.tellEnd(completed);
        } catch (RuntimeException deaf) {
            statistics.notice("the agent could not be told how the migration ended: " + deaf.getMessage());
        }
    }

    private void fail(String reason) {
        if (source.isHostLost()) {
            migration.fail("the VM is lost: " + reason + ", before the VM had left it");
        } else {
            returnToSource();
            migration.fail(reason);
        }
    }

    private VmFate fate() {
        if (setting.destination().isRunning()) {
            return new VmFate.RunsAtDestination();
        }
        return source.isRunning() ? rolledBack.orElse(new VmFate.RunsAtSource()) : new VmFate.Lost();
    }

    private void returnToSource() {
        if (!source.isRunning()) {
            source.resume();
        }
    }

    public MigrationSetting setting() {
        return setting;
    }

    public Migration migration() {
        return migration;
    }

    public MigrationStatistics statistics() {
        return statistics;
    }

    public PendingPages pending() {
        return pending;
    }

    public Liaison liaison() {
        return liaison;
    }
}
