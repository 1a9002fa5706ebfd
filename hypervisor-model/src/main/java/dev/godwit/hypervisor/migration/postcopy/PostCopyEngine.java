package dev.godwit.hypervisor.migration.postcopy;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.GivenUp;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.PendingPages;
import dev.godwit.hypervisor.migration.demand.PushOrder;
import dev.godwit.hypervisor.migration.demand.RunAhead;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Optional;

/** One post-copy migration, from the first message to the last; {@link #run} reads as the protocol. */
public final class PostCopyEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "post-copy";

    private final MigrationSetting setting;
    private final VirtualClock clock;
    private final VirtualMachine source;
    private final Link link;
    private final Migration migration;
    private final MigrationStatistics statistics = new MigrationStatistics();
    private final PendingPages pending;
    private final Liaison liaison;
    private final RunAhead runAhead;
    private final PageBitmap missing;
    private final Optional<PushOrder> givenOrder;
    private long pausedNanos;

    public PostCopyEngine(MigrationSetting setting) {
        this(setting, Optional.empty());
    }

    /** With an order of its own, to measure others against. */
    PostCopyEngine(MigrationSetting setting, Optional<PushOrder> order) {
        this.setting = setting;
        this.givenOrder = order;
        clock = setting.clock();
        source = setting.source();
        link = setting.link();
        migration = new Migration(clock);
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
            collect();
            pause();
            choosePages();
            runAhead.switchOver(missing, pending.dropped(), pausedNanos);
        } catch (GivenUp given) {
            returnToSource();
            migration.cancel(given.getMessage());
        } catch (RuntimeException broken) {
            returnToSource();
            migration.fail(String.valueOf(broken.getMessage()));
        } finally {
            liaison.tellEnd(false);
        }
        if (!migration.status().isTerminal()) {
            runAhead.fetch(missing, order(), gfn -> false, 1);
        }
        statistics.setTotalNanos(clock.nanos() - startedNanos);
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
        migration.startRounds("the destination is ready");
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
        migration.pauseGuest("post-copy: memory follows");
    }

    /** By the layout as it is now, while nothing can write: pages to send, and pages proven empty. */
    private void choosePages() {
        pending.setAll();
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (pending.takeAtPause(gfn)) {
                missing.set(gfn);
            }
        }
    }

    private PushOrder order() {
        return givenOrder.orElseGet(() -> setting.agent().isPresent()
                ? PushOrder.asAJvmNeeds(source.memory(), missing)
                : PushOrder.aroundTheLastFault());
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
