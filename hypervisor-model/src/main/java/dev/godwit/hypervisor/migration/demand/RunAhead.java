package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.machine.PageFaults;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.AwayStatistics;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.GivenUp;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * The guest runs at the destination ahead of its memory: the switch, and what follows it.
 *
 * <p>Until {@link #switchOver} has returned the source can run on. From then on, unless there is a {@link HomeWay}, there is
 * no way back: a link that is cut, or the loss of either host, loses the VM, because part of its memory is on each.
 */
public final class RunAhead {
    /** A run of pages in the list that is sent in the pause: first page and length. */
    static final int RUN_BYTES = 16;

    private final Course course;
    private final MigrationSetting setting;
    private final Clock clock;
    private final VirtualMachine destination;
    private final MigrationStatistics statistics;
    private final Optional<? extends HomeWay> way;
    private final DemandSide side;
    private long pageListBytes;
    private long switchedNanos;

    /** Without a way home. */
    public RunAhead(Course course) {
        this(course, Optional.empty());
    }

    /** With one. */
    public RunAhead(Course course, Optional<? extends HomeWay> way) {
        this(course, way, new ModelledSide(course.setting()));
    }

    /** With a destination that is heard of in another way. */
    public RunAhead(Course course, Optional<? extends HomeWay> way, DemandSide side) {
        this.side = side;
        this.course = course;
        this.way = way;
        this.setting = course.setting();
        this.clock = setting.clock();
        this.destination = setting.destination();
        this.statistics = course.statistics();
    }

    /**
     * Sends VCPU and devices, and lets the destination take over. The source is paused.
     *
     * @param missing pages that the destination will wait for
     * @param listed pages that it must be told of, because it could not know what becomes of them
     * @throws GivenUp if the operator cancelled; the source can run on
     */
    public void switchOver(PageBitmap missing, PageBitmap listed) {
        pageListBytes = listBytes(listed);
        long bytes = course.stateBytes() + pageListBytes;
        Link link = setting.link();
        statistics.setExpectedDowntimeNanos(link.sendingNanos(bytes) + link.latencyNanos());
        link.send(bytes);
        link.awaitArrival();
        course.checkCancelled();
        destination.memory().expect(missing);
        way.ifPresent(HomeWay::open);
        course.switchOver(() -> {
            switchedNanos = clock.nanos();
            statistics.guestRunsAhead();
            course.migration().runAhead("the guest runs at the destination, its memory follows");
            way.ifPresent(HomeWay::begin);
        });
    }

    /** The order in which pages are pushed: a JVM's, if the guest says what is what. */
    public PushOrder order(PageBitmap missing) {
        return setting.agent().isPresent()
                ? PushOrder.asAJvmNeeds(setting.source().memory(), missing)
                : PushOrder.aroundTheLastFault();
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
     * Sends what the destination lacks, and ends the migration: completed; if there is a way home, cancelled by the operator
     * and back at the source, or failed and back there; or failed with the VM lost.
     *
     * @param missing as given to {@link #switchOver}
     * @param order of what nobody waits for
     * @param sentBefore pages that the destination has an older version of
     * @param round number of this round
     */
    public void fetch(PageBitmap missing, PushOrder order, IntPredicate sentBefore, int round) {
        attempt(missing, order, sentBefore, round, paging -> {
            if (paging.run(this::isToReturn)) {
                way.ifPresent(HomeWay::forget);
                course.migration().complete("the guest runs at the destination, with all its memory");
            } else {
                comeHome(paging, "cancelled by the operator");
                course.migration().cancel("cancelled by the operator; the guest came back with all that it has done");
            }
        });
    }

    /**
     * Sends what the guest touches and nothing else, and after a while, or when the operator cancels, brings it home:
     * completed, or cancelled; or failed with the VM lost.
     *
     * @param missing as given to {@link #switchOver}
     * @param nanos how long it stays
     * @param lookNanos how long nobody looks whether it waits, if that is longer than a request takes
     */
    public void stay(PageBitmap missing, long nanos, long lookNanos) {
        long untilNanos = clock.nanos() + nanos;
        attempt(missing, PushOrder.asTheyCome(), gfn -> false, 1, paging -> {
            try {
                paging.serve(() -> clock.nanos() >= untilNanos || isToReturn(), lookNanos);
            } finally {
                statistics.setAway(new AwayStatistics(
                        clock.nanos() - switchedNanos,
                        paging.sentPages(),
                        statistics.postcopyBytes(),
                        destination.memory().populatedPages()));
            }
            if (isToReturn()) {
                comeHome(paging, "cancelled by the operator");
                course.migration().cancel("cancelled by the operator; the guest came home with all that it has done");
            } else {
                comeHome(paging, "its stay is over");
                course.migration().complete("the guest is home again, with all that it has done");
            }
        });
    }

    private boolean isToReturn() {
        return way.isPresent() && setting.cancel().isCancelled();
    }

    private void comeHome(DemandPaging paging, String reason) {
        course.migration().goBack(reason);
        way.orElseThrow().goHome();
        paging.serve(way.orElseThrow()::isHome, 0);
    }

    private void attempt(
            PageBitmap missing, PushOrder order, IntPredicate sentBefore, int round, Consumer<DemandPaging> protocol) {
        DemandPaging paging = new DemandPaging(setting, statistics, side, missing, order, sentBefore, round);
        boolean lost = false;
        try {
            protocol.accept(paging);
        } catch (RuntimeException broken) {
            lost = !fallBack(broken.getMessage());
            if (lost) {
                destination.release();
                course.migration()
                        .fail("the VM is lost: " + broken.getMessage() + ", after the switch, with "
                                + paging.missingPages() + " pages not yet at the destination");
            }
        }
        noteRisk();
        endRound(round, paging);
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
                endNanos() - switchedNanos,
                lost));
    }

    /** When memory was in one place again, or this is given up. */
    private long endNanos() {
        return way.isPresent() && way.get().isHome() ? way.get().homeNanos() : clock.nanos();
    }

    private boolean fallBack(String why) {
        boolean back = way.isPresent() && way.get().fallBack();
        if (back) {
            course.migration().fail(why + "; the guest went on at the source from its last consistent point");
        }
        return back;
    }

    /** While memory was on both hosts, the loss of either would have taken the VM with it, or work if there is a way home. */
    private void noteRisk() {
        if (endNanos() > switchedNanos) {
            Loss vm = Loss.vm(endNanos());
            boolean points = way.isPresent() && way.get().keepsPoints();
            statistics.atRisk(points ? Loss.NOTHING : vm, vm);
        }
    }

    private void endRound(int round, DemandPaging paging) {
        RoundStatistics ended = new RoundStatistics(
                round, false, clock.nanos() - switchedNanos, paging.sentPages(), statistics.postcopyBytes(), 0, 0, 0);
        statistics.endRound(ended);
        setting.progress().roundEnded(ended);
    }
}
