package dev.godwit.hypervisor.migration.partial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.migration.AwayStatistics;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
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

    private static void verified(Rig rig) {
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    private Rig rig(long tickNanos, IntSupplier pattern) {
        Rig rig = new Rig(PAGES, new RestartableWriter(tickNanos, pattern), agent, BANDWIDTH);
        rig.engines = setting -> new PartialMigrationEngine(setting, STAY);
        return rig;
    }
}
