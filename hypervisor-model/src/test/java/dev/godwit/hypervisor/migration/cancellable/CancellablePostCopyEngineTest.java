package dev.godwit.hypervisor.migration.cancellable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.demand.WayHome;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.transport.Fault;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class CancellablePostCopyEngineTest {
    private static final int PAGES = 40_000;
    private static final long BANDWIDTH = 125_000_000;
    private static final long LATENCY = 100_000;
    private static final long WIRE_PAGE = Rig.PAGE + 8;
    /** 40,000 pages take 1.31 s: this is in the middle. */
    private static final long MIDDLE = 700_000_000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void whatIsWrittenComesBackAsPointsAndTheGuestGoesOnAtTheDestination() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);

        Migration migration = rig.run();

        assertThat(migration.transitions())
                .extracting(t -> t.to().label())
                .containsExactly("setup", "active", "device", "postcopy-active", "completed");
        verified(rig);
        assertThat(rig.statistics.fate()).isEqualTo(new VmFate.RunsAtDestination());
        assertThat(rig.destination.isRunning()).isTrue();
        assertThat(rig.statistics.postcopyBytes()).isEqualTo(PAGES * WIRE_PAGE);
        // Four hundred pages are written within 40 ms, so that every point holds them all.
        WayHomeStatistics way = way(rig);
        assertThat(way.points()).isBetween(9L, 13L);
        assertThat(way.sentPages()).isBetween(400 * way.points() - 400, 400 * (way.points() + 1));
        assertThat(way.sentBytes())
                .isBetween(
                        way.points() * MigrationEngine.STATE_BYTES + way.sentPages() * WIRE_PAGE,
                        (way.points() + 1) * MigrationEngine.STATE_BYTES + way.sentPages() * WIRE_PAGE);
        // Copying them aside, and reading the dirty log.
        long copyNanos = (long) Math.ceil(400 * Rig.PAGE / 3.8);
        assertThat(way.longestStopNanos()).isBetween(copyNanos, copyNanos + 1_000_000);
        assertThat(way.journey()).isEmpty();
    }

    @Test
    void theDestinationCostsTheWorkSinceAPointAndTheSourceTheVm() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);

        rig.run();

        Loss destination = rig.statistics.worstLoss().destinationHost();
        assertThat(destination.kind()).isEqualTo(Loss.Kind.WORK);
        // Up to a point, and until it has been sent: 400 pages and the state.
        long onTheWay = (long) ((400 * WIRE_PAGE + MigrationEngine.STATE_BYTES) * 1e9 / BANDWIDTH) + LATENCY;
        assertThat(destination.workNanos())
                .isBetween(WayHome.POINT_INTERVAL_NANOS, WayHome.POINT_INTERVAL_NANOS + onTheWay);
        assertThat(rig.statistics.worstLoss().sourceHost().kind()).isEqualTo(Loss.Kind.VM);
    }

    @Test
    void cancelledInTheMiddleTheGuestIsAtTheSourceWithAllThatItHasDone() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);
        rig.clock.at(MIDDLE, rig.cancel::cancel);

        Migration migration = rig.run();

        assertThat(migration.transitions())
                .extracting(t -> t.to().label())
                .containsExactly("setup", "active", "device", "postcopy-active", "returning", "cancelled");
        verified(rig);
        assertThat(rig.statistics.fate()).isEqualTo(new VmFate.RunsAtSource());
        assertThat(rig.source.isRunning()).isTrue();
        assertThat(rig.source.vcpu().programNanos())
                .isGreaterThanOrEqualTo(rig.destination.vcpu().programNanos());
        WayHomeStatistics.Journey journey = way(rig).journey().orElseThrow();
        // The last stop carries what was written in a round of 16 ms, and the state.
        assertThat(journey.downtimeNanos()).isBetween(2_459_000L, 20_000_000L);
        assertThat(journey.nanos()).isBetween(journey.downtimeNanos(), 150_000_000L);
        assertThat(journey.bytes()).isPositive();
        assertThat(rig.statistics.downtimeNanos()).isGreaterThan(journey.downtimeNanos());
        assertThat(rig.statistics.postcopyBytes()).isLessThan(PAGES * WIRE_PAGE * 6 / 10);
    }

    @Test
    void aGuestWhoseStopWouldAlwaysBeTooLongIsStoppedAfterFiveRounds() {
        Rig rig = rig(5_000, () -> next++ % 30_000);
        // Less than VCPU and devices alone take.
        rig.convergence = new ConvergencePolicy(1_000_000, 30);
        rig.clock.at(MIDDLE, rig.cancel::cancel);

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.CANCELLED);

        verified(rig);
        assertThat(way(rig).journey().orElseThrow().downtimeNanos()).isGreaterThan(2_359_000);
        assertThat(way(rig).points()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void aDestinationOrALinkThatIsLostTakesTheGuestBackToItsLastPointAndNoFurther() {
        for (Fault fault : new Fault[] {Fault.destinationLost(MIDDLE), Fault.linkCut(MIDDLE)}) {
            Rig rig = rig(100_000, () -> 5000 + next++ % 400);
            rig.faults(FaultPlan.of(fault));

            Migration migration = rig.run();

            assertThat(migration.status()).isEqualTo(MigrationStatus.FAILED);
            assertThat(migration.reason()).contains("went on at the source from its last consistent point");
            verified(rig);
            assertThat(rig.source.isRunning()).isTrue();
            assertThat(rig.destination.isRunning()).isFalse();
            VmFate.RolledBack fate = (VmFate.RolledBack) rig.statistics.fate();
            assertThat(fate.lostWorkNanos()).isBetween(1L, 120_000_000L);
            assertThat(rig.source.vcpu().programNanos() + fate.lostWorkNanos())
                    .isEqualTo(rig.destination.vcpu().programNanos());
            long before = rig.source.vcpu().programNanos();
            rig.clock.advance(1_000_000);
            assertThat(rig.source.vcpu().programNanos()).isEqualTo(before + 1_000_000);
        }
    }

    @Test
    void aDestinationLostBeforeTheFirstPointTakesTheGuestBackToTheSwitch() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);
        rig.faults(FaultPlan.of(Fault.destinationLost(50_000_000)));

        rig.run();

        verified(rig);
        assertThat(way(rig).points()).isZero();
        assertThat(rig.statistics.fate()).isInstanceOf(VmFate.RolledBack.class);
    }

    @Test
    void aSourceThatIsLostTakesTheVmWithItAndTheResultSaysSo() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);
        rig.faults(FaultPlan.of(Fault.sourceLost(MIDDLE)));

        Migration migration = rig.run();

        assertThat(migration.reason()).contains("the VM is lost", "the source host was lost");
        assertThat(rig.statistics.fate()).isEqualTo(new VmFate.Lost());
        verified(rig);
    }

    @Test
    void whatIsProvenEmptyIsNeverWaitedForAndWhatIsWrittenThereComesHome() {
        agent.layout = eden(25);
        int first = agent.frames().frameOf(25);
        Rig rig = rig(2_000_000, () -> {
            agent.layout = eden(50);
            return first + next++ % 25;
        });
        rig.hints = true;
        rig.clock.at(MIDDLE, rig.cancel::cancel);

        rig.run();

        verified(rig);
        assertThat(rig.statistics.droppedPages()).isEqualTo(25);
        assertThat(rig.statistics.runAhead().orElseThrow().faults()).isZero();
        assertThat(rig.statistics.runAhead().orElseThrow().emptyFaults()).isEqualTo(25);
        assertThat(rig.source.isRunning()).isTrue();
        assertThat(rig.source.memory().read(first))
                .isEqualTo(rig.destination.memory().read(first));
        assertThat(agent.done).isEqualTo(1);
    }

    @Test
    void whatIsProvenEmptyWhenAPointIsCutStaysAwayUntilItIsNot() {
        int first = agent.frames().frameOf(25);
        Rig rig = rig(2_000_000, () -> {
            agent.layout = eden(25);
            return first + next++ % 25;
        });
        rig.hints = true;
        rig.clock.at(MIDDLE / 2, () -> agent.layout = eden(50));
        rig.faults(FaultPlan.of(Fault.destinationLost(MIDDLE / 2 - 10_000_000)));

        rig.run();

        verified(rig);
        assertThat(way(rig).points()).isPositive();
        assertThat(way(rig).sentPages()).isZero();
    }

    @Test
    void aPageThatIsLeftAwayAndWasNotEmptyIsFound() {
        FakeAgent liar = new FakeAgent(agent.frames());
        agent.layout = eden(50);
        int first = agent.frames().frameOf(25);
        Rig rig = rig(2_000_000, () -> {
            liar.layout = eden(25);
            return first + next++ % 25;
        });
        rig.hints = true;
        rig.engineAgent = liar;
        rig.clock.at(MIDDLE, rig.cancel::cancel);

        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("came back as");
    }

    /** Eden of fifty pages, of which so many hold objects. */
    private static HeapLayout eden(int pages) {
        long low = 100L * Rig.PAGE;
        return new HeapLayout(
                0,
                0,
                new SpaceKind[] {SpaceKind.EDEN},
                new long[] {low},
                new long[] {low + (long) pages * Rig.PAGE},
                new long[] {low + 50L * Rig.PAGE});
    }

    @Test
    void theWorstMomentIsJustBeforeALargePointHasArrivedEvenIfLaterOnesAreSmall() {
        // First all over two thousand pages, then one and the same.
        Rig rig = rig(20_000, () -> next < 20_000 ? next++ % 2000 : 0);
        rig.run();

        verified(rig);
        Loss destination = rig.statistics.worstLoss().destinationHost();
        assertThat(destination.workNanos()).isGreaterThan(WayHome.POINT_INTERVAL_NANOS + 30_000_000);
        assertThat(destination.atNanos()).isLessThan(rig.clock.nanos() - 200_000_000);
    }

    @Test
    void theSameGuestFaresTheSameTwice() {
        Rig one = rig(20_000, () -> 5000 + next++ % 900);
        one.run();
        next = 0;
        Rig other = rig(20_000, () -> 5000 + next++ % 900);
        other.run();

        assertThat(way(other)).isEqualTo(way(one));
        assertThat(other.statistics.worstLoss()).isEqualTo(one.statistics.worstLoss());
    }

    @Test
    void aPageThatComesHomeAsItWasLongAgoIsFound() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);
        long[] before = {0};
        rig.source.watch(vm -> {
            if (!vm.isRunning() && before[0] == 0) {
                before[0] = vm.memory().peek(5007);
            } else if (vm.isRunning() && rig.clock.nanos() > 0) {
                vm.memory().receive(5007, before[0]);
            }
        });
        rig.clock.at(MIDDLE, rig.cancel::cancel);

        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("frame 5007 came back as");
    }

    @Test
    void aGuestThatGoesOnWhereItNeverStoodStillIsFound() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 400);
        rig.source.watch(vm -> {
            if (vm.isRunning() && rig.clock.nanos() > 0) {
                vm.vcpu().standAt(vm.vcpu().programNanos() - 1);
            }
        });
        rig.faults(FaultPlan.of(Fault.destinationLost(MIDDLE)));

        rig.run();

        assertThat(rig.verification.passed()).isFalse();
        assertThat(rig.verification.text()).contains("where it never stood still");
    }

    private static void verified(Rig rig) {
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    private static WayHomeStatistics way(Rig rig) {
        return rig.statistics.wayHome().orElseThrow();
    }

    private Rig rig(long tickNanos, IntSupplier pattern) {
        Rig rig = new Rig(PAGES, new RestartableWriter(tickNanos, pattern), agent, BANDWIDTH);
        rig.engines = CancellablePostCopyEngine::new;
        return rig;
    }
}
