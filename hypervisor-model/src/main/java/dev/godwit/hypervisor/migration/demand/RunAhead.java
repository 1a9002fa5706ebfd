package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.machine.PageFaults;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.GivenUp;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import java.util.function.IntPredicate;

/**
 * The guest runs at the destination ahead of its memory: the switch, and what follows it.
 *
 * <p>Until {@link #switchOver} has returned the source can run on. From then on there is no way back: a link that is cut,
 * or the loss of either host, loses the VM, because part of its memory is on each.
 */
public final class RunAhead {
    /** A run of pages in the list that is sent in the pause: first page and length. */
    static final int RUN_BYTES = 16;

    private final MigrationSetting setting;
    private final VirtualClock clock;
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final Link link;
    private final Migration migration;
    private final MigrationStatistics statistics;
    private final Liaison liaison;
    private long pageListBytes;
    private long switchedNanos;

    public RunAhead(MigrationSetting setting, Migration migration, MigrationStatistics statistics, Liaison liaison) {
        this.setting = setting;
        this.clock = setting.clock();
        this.source = setting.source();
        this.destination = setting.destination();
        this.link = setting.link();
        this.migration = migration;
        this.statistics = statistics;
        this.liaison = liaison;
    }

    /**
     * Sends VCPU and devices, and lets the destination take over. The source is paused.
     *
     * @param missing pages that the destination will wait for
     * @param listed pages that it must be told of, because it could not know what becomes of them
     * @param pausedNanos since when the source is paused
     * @throws GivenUp if the operator cancelled; the source can run on
     */
    public void switchOver(PageBitmap missing, PageBitmap listed, long pausedNanos) {
        pageListBytes = listBytes(listed);
        long bytes = MigrationEngine.STATE_BYTES + pageListBytes;
        statistics.setExpectedDowntimeNanos(link.sendingNanos(bytes) + link.latencyNanos());
        link.send(bytes);
        link.awaitArrival();
        // Last chance: behind it the destination runs, and there is no way back.
        if (setting.cancel().isCancelled()) {
            throw new GivenUp("cancelled by the operator");
        }
        destination.memory().expect(missing);
        destination.vcpu().load(source.vcpu());
        // In this order: at no moment may both run.
        source.release();
        destination.resume();
        switchedNanos = clock.nanos();
        statistics.setDowntimeNanos(switchedNanos - pausedNanos);
        statistics.guestRunsAhead();
        migration.runAhead("the guest runs at the destination, its memory follows");
        liaison.applicationRuns(pausedNanos);
        // Now, not when memory is there: the application is held until it is told.
        try {
            liaison.tellEnd(true);
        } catch (RuntimeException deaf) {
            // There is no way back any more: the guest runs here whether its agent hears of it or not.
            statistics.notice("the agent could not be told that the guest runs: " + deaf.getMessage());
        }
    }

    /** As runs or as a bitmap, whichever is shorter; nothing if there is nothing to tell. */
    private static long listBytes(PageBitmap listed) {
        long runs = 0;
        for (int from = listed.next(0); from >= 0; from = listed.next(from)) {
            runs++;
            while (from < listed.pages() && listed.get(from)) {
                from++;
            }
        }
        return Math.min(runs * RUN_BYTES, (listed.pages() + 7L) / 8);
    }

    /**
     * Sends what the destination lacks, and ends the migration: completed, or failed with the VM lost.
     *
     * @param missing as given to {@link #switchOver}
     * @param order of what nobody waits for
     * @param sentBefore pages that the destination has an older version of
     * @param round number of this round
     */
    public void fetch(PageBitmap missing, PushOrder order, IntPredicate sentBefore, int round) {
        DemandPaging paging = new DemandPaging(setting, statistics, missing, order, sentBefore, round);
        boolean lost = false;
        try {
            paging.run();
            migration.complete("the guest runs at the destination, with all its memory");
        } catch (RuntimeException broken) {
            lost = true;
            destination.release();
            migration.fail("the VM is lost: " + broken.getMessage() + ", after the switch, with "
                    + paging.missingPages() + " pages not yet at the destination");
        }
        endRound(round, missing.count());
        PageFaults faults = destination.faults();
        statistics.setRemainingBytes(
                (long) paging.missingPages() * setting.encoder().encodedBytes(false));
        statistics.setRunAhead(new RunAheadStatistics(
                paging.requests(),
                faults.count(),
                faults.blockedNanos(),
                faults.longestNanos(),
                destination.memory().emptyPagesWritten(),
                pageListBytes,
                clock.nanos() - switchedNanos,
                lost));
    }

    private void endRound(int round, int pages) {
        RoundStatistics ended = new RoundStatistics(
                round, false, clock.nanos() - switchedNanos, pages, statistics.postcopyBytes(), 0, 0, 0);
        statistics.endRound(ended);
        setting.progress().roundEnded(ended);
    }
}
