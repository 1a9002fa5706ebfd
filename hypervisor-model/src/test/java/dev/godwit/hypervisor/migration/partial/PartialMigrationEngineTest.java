package dev.godwit.hypervisor.migration.partial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.migration.AwayStatistics;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Fault;
import dev.godwit.hypervisor.transport.FaultPlan;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class PartialMigrationEngineTest {
    private static final int PAGES = 40_000;
    private static final long BANDWIDTH = 125_000_000;
    private static final long WIRE_PAGE = Rig.PAGE + 8;
    private static final long STAY = 500_000_000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void onlyWhatIsTouchedMovesAndOnlyWhatWasWrittenComesHome() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 300);

        Migration migration = rig.run();

        assertThat(migration.transitions())
                .extracting(t -> t.to().label())
                .containsExactly("setup", "active", "device", "postcopy-active", "returning", "completed");
        verified(rig);
        assertThat(rig.statistics.fate()).isEqualTo(new VmFate.RunsAtSource());
        AwayStatistics away = rig.statistics.away().orElseThrow();
        assertThat(away.fetchedPages()).isEqualTo(300);
        assertThat(away.fetchedBytes()).isEqualTo(300 * WIRE_PAGE);
        assertThat(away.memoryPages()).isEqualTo(300);
        assertThat(away.stayNanos()).isBetween(STAY, STAY + 1_000_000);
        assertThat(rig.statistics.postcopyBytes()).isEqualTo(300 * WIRE_PAGE);
        WayHomeStatistics.Journey home =
                rig.statistics.wayHome().orElseThrow().journey().orElseThrow();
        assertThat(home.bytes())
                .isBetween(
                        MigrationEngine.STATE_BYTES + 300 * WIRE_PAGE,
                        2 * (MigrationEngine.STATE_BYTES + 300 * WIRE_PAGE));
        assertThat(rig.statistics.totalNanos()).isLessThan(40_000_000);
        assertThat(rig.statistics.runAhead().orElseThrow().faults()).isEqualTo(300);
    }

    @Test
    void awayFromHomeTheLossOfEitherHostLosesTheVmAndTheResultSaysSo() {
        for (Fault fault :
                new Fault[] {Fault.sourceLost(STAY / 2), Fault.destinationLost(STAY / 2), Fault.linkCut(STAY / 2)}) {
            Rig rig = rig(100_000, () -> 5000 + next++ % 300);
            rig.faults(FaultPlan.of(fault));

            assertThat(rig.run().status()).isEqualTo(MigrationStatus.FAILED);

            verified(rig);
            assertThat(rig.statistics.fate()).isEqualTo(new VmFate.Lost());
            assertThat(rig.statistics.worstLoss().destinationHost().kind()).isEqualTo(Loss.Kind.VM);
        }
    }

    @Test
    void cancelledItComesHomeEarly() {
        Rig rig = rig(100_000, () -> 5000 + next++ % 300);
        rig.clock.at(STAY / 5, rig.cancel::cancel);

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.CANCELLED);

        verified(rig);
        assertThat(rig.statistics.away().orElseThrow().stayNanos()).isLessThan(STAY / 4);
        assertThat(rig.source.isRunning()).isTrue();
    }

    @Test
    void whatIsProvenEmptyIsNeverFetchedEvenWhenItIsTouched() {
        long low = 100L * Rig.PAGE;
        agent.layout = new HeapLayout(
                0,
                0,
                new SpaceKind[] {SpaceKind.EDEN},
                new long[] {low},
                new long[] {low + 25L * Rig.PAGE},
                new long[] {low + 50L * Rig.PAGE});
        int first = agent.frames().frameOf(0);
        Rig rig = rig(100_000, () -> first + next++ % 50);
        rig.hints = true;

        rig.run();

        verified(rig);
        assertThat(rig.statistics.droppedPages()).isEqualTo(25);
        assertThat(rig.statistics.away().orElseThrow().fetchedPages()).isEqualTo(25);
        assertThat(rig.statistics.away().orElseThrow().memoryPages()).isEqualTo(50);
        assertThat(rig.statistics.runAhead().orElseThrow().emptyFaults()).isEqualTo(25);
    }

    @Test
    void aGuestThatTouchesNothingMovesForItsStateAlone() {
        Rig rig = rig(10_000_000_000L, () -> 1);

        rig.run();

        verified(rig);
        assertThat(rig.statistics.away().orElseThrow())
                .extracting(AwayStatistics::memoryPages)
                .isEqualTo(0L);
        assertThat(rig.statistics.trafficBytes()).isEqualTo(MigrationEngine.STATE_BYTES);
    }

    @Test
    void itGoesHomeInRoundsUntilWhatIsLeftFitsHoweverManyThatTakes() {
        // Each round dirties six tenths of what it sends: from six thousand pages to a few hundred.
        Rig rig = rig(55_000, () -> 5000 + next++ % 6000);
        rig.convergence = new ConvergencePolicy(17_000_000, 30);
        rig.engines = setting -> new PartialMigrationEngine(setting, 8 * STAY);
        int[] rounds = {0};
        rig.progress = new ProgressListener() {
            @Override
            public void cameBack(int[] gfns, long[] contents, boolean last) {
                rounds[0]++;
            }
        };

        rig.run();

        verified(rig);
        WayHomeStatistics.Journey home =
                rig.statistics.wayHome().orElseThrow().journey().orElseThrow();
        assertThat(home.downtimeNanos()).isBetween(5_000_000L, 17_000_000L);
        assertThat(rounds[0]).isGreaterThan(6);
    }

    @Test
    void aGuestWhoseRoundsDoNotBecomeSmallerIsStoppedAllTheSame() {
        Rig rig = rig(20_000, () -> 5000 + next++ % 3000);
        rig.convergence = new ConvergencePolicy(15_000_000, 30);
        rig.engines = setting -> new PartialMigrationEngine(setting, 4 * STAY);

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);

        verified(rig);
        WayHomeStatistics.Journey home =
                rig.statistics.wayHome().orElseThrow().journey().orElseThrow();
        assertThat(home.downtimeNanos()).isGreaterThan(15_000_000);
        assertThat(home.nanos()).isLessThan(10 * home.downtimeNanos());
    }

    @Test
    void theYoungGenerationStaysOutOfTheRoundsHomeAndIsCollectedBeforeTheLastStop() {
        CollectingAgent collecting = new CollectingAgent();
        int first = collecting.frames().frameOf(0);
        Rig rig = new Rig(
                PAGES,
                new RestartableWriter(20_000, () -> collecting.held ? 0 : first + next++ % CollectingAgent.EDEN_PAGES),
                collecting,
                BANDWIDTH);
        rig.engines = setting -> new PartialMigrationEngine(setting, STAY);
        rig.convergence = new ConvergencePolicy(15_000_000, 30);
        rig.hints = true;
        collecting.clock = rig.clock;

        rig.run();

        verified(rig);
        assertThat(collecting.done).isEqualTo(2);
        assertThat(collecting.held).isFalse();
        WayHomeStatistics.Journey home =
                rig.statistics.wayHome().orElseThrow().journey().orElseThrow();
        assertThat(home.downtimeNanos()).isLessThan(15_000_000);
        assertThat(rig.statistics.wayHome().orElseThrow().sentPages()).isLessThan(50);
    }

    /** Collects Eden within two milliseconds, and holds the application behind that. */
    private static final class CollectingAgent extends FakeAgent {
        private static final int EDEN_PAGES = 3000;

        private VirtualClock clock;
        private long preparedNanos;
        private boolean held;

        CollectingAgent() {
            super(GuestFixtures.frames(
                    new PageRuns.Builder().add(100, EDEN_PAGES).build(), Rig.PAGE));
            layout = eden(EDEN_PAGES);
        }

        private static HeapLayout eden(int pages) {
            long low = 100L * Rig.PAGE;
            return new HeapLayout(
                    0,
                    0,
                    new SpaceKind[] {SpaceKind.EDEN},
                    new long[] {low},
                    new long[] {low + (long) pages * Rig.PAGE},
                    new long[] {low + (long) EDEN_PAGES * Rig.PAGE});
        }

        @Override
        public boolean canCollect() {
            return true;
        }

        @Override
        public boolean prepare() {
            held = true;
            layout = eden(0);
            preparedNanos = clock.nanos() + 2_000_000;
            return true;
        }

        @Override
        public boolean isPrepared() {
            return clock.nanos() >= preparedNanos;
        }

        @Override
        public void awaitPrepared() {
            clock.advance(Math.max(0, preparedNanos - clock.nanos()));
        }

        @Override
        public void done() {
            super.done();
            letGo();
        }

        @Override
        public void aborted() {
            super.aborted();
            letGo();
        }

        private void letGo() {
            held = false;
            layout = eden(EDEN_PAGES);
        }
    }

    private static void verified(Rig rig) {
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    private Rig rig(long tickNanos, IntSupplier pattern) {
        Rig rig = new Rig(PAGES, new RestartableWriter(tickNanos, pattern), agent, BANDWIDTH);
        rig.engines = setting -> new PartialMigrationEngine(setting, STAY);
        return rig;
    }
}
