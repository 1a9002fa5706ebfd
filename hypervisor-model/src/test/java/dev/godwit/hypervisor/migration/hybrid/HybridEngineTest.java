package dev.godwit.hypervisor.migration.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.transport.CutLink;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import org.junit.jupiter.api.Test;

class HybridEngineTest {
    private static final int PAGES = 20_000;
    private static final long BANDWIDTH = 125_000_000;
    private static final long LOW = 100L * Rig.PAGE;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    private int next;

    @Test
    void allPagesGoInTheRoundAndOnceMoreThoseThatWereWrittenMeanwhile() {
        Rig rig = rig();

        Migration migration = rig.run();

        assertThat(migration.transitions())
                .extracting(t -> t.to().label())
                .containsExactly("setup", "active", "device", "postcopy-active", "completed");
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.precopyBytes()).isEqualTo(PAGES * (Rig.PAGE + 8L));
        assertThat(rig.statistics.postcopyBytes())
                .isEqualTo(rig.statistics.resentByKind().total())
                .isEqualTo(300 * (Rig.PAGE + 8L));
        assertThat(rig.statistics.downtimeNanos()).isLessThan(3_000_000);
        assertThat(rig.statistics.rounds()).hasSize(2);
        // Three hundred pages in a row: a bitmap would be longer.
        assertThat(rig.statistics.runAhead().orElseThrow().pageListBytes()).isEqualTo(16);
        assertThat(rig.statistics.runAhead().orElseThrow().atRiskNanos()).isLessThan(rig.statistics.totalNanos() / 10);
    }

    @Test
    void youngPagesAreLeftOutOfTheRoundAndThoseProvenEmptyNeverSent() {
        agent.layout = new HeapLayout(
                0,
                0,
                new SpaceKind[] {SpaceKind.EDEN},
                new long[] {LOW},
                new long[] {LOW + 25L * Rig.PAGE},
                new long[] {LOW + 50L * Rig.PAGE});
        Rig rig = rig();
        rig.hints = true;

        rig.run();

        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.precopyBytes()).isEqualTo((PAGES - 50) * (Rig.PAGE + 8L));
        assertThat(rig.statistics.postcopyBytes()).isEqualTo((300 + 25) * (Rig.PAGE + 8L));
        assertThat(rig.statistics.deferredPages()).isEqualTo(50);
        assertThat(rig.statistics.droppedPages()).isEqualTo(25);
        assertThat(agent.done).isEqualTo(1);
    }

    @Test
    void aLinkThatIsCutInTheRoundLeavesTheGuestAtTheSourceAndAfterTheSwitchLosesIt() {
        Rig inRound = rig();
        inRound.link = new CutLink(inRound.link, 5000L * Rig.PAGE);
        Rig afterSwitch = rig();
        afterSwitch.link =
                new CutLink(afterSwitch.link, PAGES * (Rig.PAGE + 8L) + MigrationEngine.STATE_BYTES + 100L * Rig.PAGE);

        assertThat(inRound.run().status()).isEqualTo(MigrationStatus.FAILED);
        assertThat(inRound.source.isRunning()).isTrue();
        assertThat(inRound.verification.passed())
                .as(inRound.verification.text())
                .isTrue();
        Migration lost = afterSwitch.run();
        assertThat(lost.status()).isEqualTo(MigrationStatus.FAILED);
        assertThat(lost.reason()).contains("the VM is lost");
        assertThat(afterSwitch.source.isRunning()).isFalse();
        assertThat(afterSwitch.destination.isRunning()).isFalse();
        assertThat(afterSwitch.verification.passed())
                .as(afterSwitch.verification.text())
                .isTrue();
    }

    /** Three hundred pages far from the heap are written round and round. */
    private Rig rig() {
        Rig rig = new Rig(PAGES, new RestartableWriter(10_000, () -> PAGES - 300 + next++ % 300), agent, BANDWIDTH);
        rig.engines = HybridEngine::new;
        return rig;
    }
}
