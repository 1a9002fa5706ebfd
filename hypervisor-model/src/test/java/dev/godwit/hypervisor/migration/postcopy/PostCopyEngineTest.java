package dev.godwit.hypervisor.migration.postcopy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.demand.PushOrder;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.transport.CutLink;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.SpaceKind;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class PostCopyEngineTest {
    private static final int PAGES = 20_000;
    private static final long BANDWIDTH = 125_000_000;
    private static final long LATENCY = 100_000;
    private static final double PAGE_NANOS = (Rig.PAGE + 8) * 1e9 / BANDWIDTH;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));

    @Test
    void everyPageGoesOnceAndTheGuestIsPausedForItsStateAlone() {
        Rig rig = rig(new RestartableWriter(50_000, walk(1, 4000)));

        Migration migration = rig.run();

        assertThat(migration.transitions())
                .extracting(t -> t.to().label())
                .containsExactly("setup", "active", "device", "postcopy-active", "completed");
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.rawPages() + rig.statistics.zeroPages()).isEqualTo(PAGES);
        assertThat(rig.destination.memory().received()).isEqualTo(PAGES);
        assertThat(rig.statistics.resentByKind().total()).isZero();
        assertThat(rig.statistics.precopyBytes() + rig.statistics.downtimeBytes())
                .isZero();
        assertThat(rig.statistics.postcopyBytes()).isEqualTo(PAGES * (Rig.PAGE + 8L));
        assertThat(rig.statistics.downtimeNanos())
                .isEqualTo(Math.round(MigrationEngine.STATE_BYTES * 1e9 / BANDWIDTH) + LATENCY);
        assertThat(ahead(rig).faults()).isPositive();
        assertThat(rig.destination.isRunning()).isTrue();
    }

    /** Hines and Gopalan, VEE 2009: network faults within 21 % of the working set. */
    @Test
    void prepagingBringsFaultsToAFifthOfTheWorkingSetOrBelow() {
        double with = faultsByWorkingSet(Optional.empty());
        double without = faultsByWorkingSet(Optional.of(PushOrder.asTheyCome()));

        assertThat(with).as("with prepaging, without it %.2f", without).isLessThan(0.21);
        assertThat(without).as("without prepaging, with it %.2f", with).isGreaterThan(0.3);
    }

    private double faultsByWorkingSet(Optional<PushOrder> order) {
        RestartableWriter writer = new RestartableWriter(200_000, walk(3, PAGES));
        Rig rig = rig(writer);
        rig.engines = setting -> new PostCopyEngine(setting, order);
        rig.destination.watch(vm -> writer.forget());
        rig.run();
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(writer.writtenPages()).isGreaterThan(500);
        return (double) ahead(rig).faults() / writer.writtenPages();
    }

    @Test
    void aFaultWaitsForOneChunkAtMost() {
        SplittableRandom random = new RandomStreams(5).stream("pages");
        Rig rig = rig(new RestartableWriter(100_000, () -> random.nextInt(PAGES)));

        rig.run();

        // There and back, the chunk of sixteen pages that is leaving, the page itself, and the page after it during
        // which nobody looks whether it has arrived.
        assertThat(ahead(rig).longestFaultNanos()).isLessThanOrEqualTo((long) (2 * LATENCY + 18 * PAGE_NANOS) + 18);
        assertThat(ahead(rig).faults()).isGreaterThan(500);
        assertThat(ahead(rig).faultNanos())
                .isBetween(2 * LATENCY, ahead(rig).faults() * ahead(rig).longestFaultNanos());
    }

    @Test
    void aWorkingSetThatArrivesFirstIsWaitedForOnceOnly() {
        Rig rig = rig(new RestartableWriter(1_000_000, () -> 12_345));

        rig.run();

        assertThat(ahead(rig).faults()).isEqualTo(1);
        assertThat(ahead(rig).requests()).isEqualTo(1);
        // No chunk leaves before the first page that is asked for is known to be waited for, but one may.
        assertThat(ahead(rig).faultNanos())
                .isBetween((long) (2 * LATENCY + PAGE_NANOS), (long) (2 * LATENCY + 19 * PAGE_NANOS));
    }

    @Test
    void whatIsProvenEmptyIsNeverSentAndNeverWaitedFor() {
        agent.layout = halfEmptyEden();
        int first = frameOf(25);
        int[] at = {0};
        Rig rig = rig(new RestartableWriter(2_000_000, () -> first + at[0]++ % 25));
        rig.hints = true;

        rig.run();

        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.droppedPages()).isEqualTo(25);
        assertThat(rig.statistics.rawPages() + rig.statistics.zeroPages()).isEqualTo(PAGES - 25);
        assertThat(ahead(rig).faults()).isZero();
        assertThat(ahead(rig).emptyFaults()).isEqualTo(25);
        assertThat(ahead(rig).pageListBytes()).isEqualTo(16);
        assertThat(agent.done).isEqualTo(1);
        assertThat(agent.aborted).isZero();
    }

    @Test
    void aLayoutOfAnOlderEpochDropsNothing() {
        agent.layout = halfEmptyEden();
        agent.epoch = 1;
        Rig rig = rig(new RestartableWriter(1_000_000, () -> 7));
        rig.hints = true;

        rig.run();

        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
        assertThat(rig.statistics.droppedPages()).isZero();
    }

    @Test
    void aLinkThatIsCutBeforeTheSwitchLeavesTheGuestAtTheSource() {
        Rig rig = rig(new RestartableWriter(50_000, walk(1, 4000)));
        rig.hints = true;
        rig.link = new CutLink(rig.link, MigrationEngine.STATE_BYTES - 1);

        Migration migration = rig.run();

        assertThat(migration.status()).isEqualTo(MigrationStatus.FAILED);
        assertThat(migration.reason()).startsWith("the link was cut").doesNotContain("lost");
        assertThat(rig.source.isRunning()).isTrue();
        assertThat(rig.destination.isRunning()).isFalse();
        assertThat(rig.statistics.runAhead()).isEmpty();
        assertThat(agent.aborted).isEqualTo(1);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    @Test
    void aLinkThatIsCutAfterTheSwitchLosesTheVmAndTheResultSaysSo() {
        Rig rig = rig(new RestartableWriter(50_000, walk(1, 4000)));
        rig.link = new CutLink(rig.link, MigrationEngine.STATE_BYTES + 1000L * Rig.PAGE);

        Migration migration = rig.run();

        assertThat(migration.status()).isEqualTo(MigrationStatus.FAILED);
        assertThat(migration.reason()).contains("the VM is lost", "the link was cut");
        assertThat(ahead(rig).vmLost()).isTrue();
        assertThat(rig.source.isRunning()).isFalse();
        assertThat(rig.destination.isRunning()).isFalse();
        assertThat(rig.statistics.remainingBytes()).isGreaterThan((PAGES - 1010L) * Rig.PAGE);
        assertThat(rig.verification.passed()).as(rig.verification.text()).isTrue();
    }

    @Test
    void cancellingWorksUntilTheSwitchAndNotAfterIt() {
        Rig before = rig(new RestartableWriter(50_000, walk(1, 4000)));
        before.source.watch(vm -> {
            if (!vm.isRunning()) {
                before.cancel.cancel();
            }
        });
        Rig after = rig(new RestartableWriter(50_000, walk(1, 4000)));
        after.destination.watch(vm -> after.cancel.cancel());

        assertThat(before.run().status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(before.source.isRunning()).isTrue();
        assertThat(before.verification.passed()).as(before.verification.text()).isTrue();
        assertThat(after.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(after.verification.passed()).as(after.verification.text()).isTrue();
    }

    @Test
    void anAgentThatThrowsWhenItIsToldOfTheSwitchDoesNotBringTheSourceBack() {
        Rig rig = rig(new RestartableWriter(50_000, walk(1, 4000)));
        rig.hints = true;
        rig.engineAgent = new FakeAgent(agent.frames()) {
            @Override
            public void done() {
                throw new IllegalStateException("deaf");
            }
        };

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(rig.source.isRunning()).isFalse();
        assertThat(rig.statistics.notices()).anyMatch(notice -> notice.contains("deaf"));
    }

    @Test
    void theSameGuestFaresTheSameTwice() {
        Rig one = rig(new RestartableWriter(20_000, walk(9, PAGES)));
        Rig other = rig(new RestartableWriter(20_000, walk(9, PAGES)));
        one.run();
        other.run();

        assertThat(ahead(other)).isEqualTo(ahead(one));
        assertThat(other.statistics.totalNanos()).isEqualTo(one.statistics.totalNanos());
    }

    private Rig rig(RestartableWriter writer) {
        Rig rig = new Rig(PAGES, writer, agent, BANDWIDTH);
        rig.engines = PostCopyEngine::new;
        return rig;
    }

    private static RunAheadStatistics ahead(Rig rig) {
        return rig.statistics.runAhead().orElseThrow();
    }

    /** A guest with locality: it writes up to two hundred pages in a row, then goes on somewhere else. */
    private static IntSupplier walk(long seed, int pages) {
        SplittableRandom random = new RandomStreams(seed).stream("walk");
        int[] state = {0, 0};
        return () -> {
            if (state[1]-- == 0) {
                state[0] = random.nextInt(pages);
                state[1] = 50 + random.nextInt(150);
            }
            return state[0]++ % pages;
        };
    }

    private int frameOf(int jvmIndex) {
        return agent.frames().frameOf(jvmIndex);
    }

    /** Eden over all fifty pages, its upper half never used. */
    private static HeapLayout halfEmptyEden() {
        long low = 100L * Rig.PAGE;
        return new HeapLayout(
                0,
                0,
                new SpaceKind[] {SpaceKind.EDEN},
                new long[] {low},
                new long[] {low + 25L * Rig.PAGE},
                new long[] {low + 50L * Rig.PAGE});
    }
}
