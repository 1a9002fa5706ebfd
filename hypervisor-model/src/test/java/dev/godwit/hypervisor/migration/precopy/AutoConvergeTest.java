package dev.godwit.hypervisor.migration.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.trace.PageRuns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutoConvergeTest {
    private static final int PAGES = 60_000;
    private static final long BANDWIDTH = 125_000_000;

    private final FakeAgent agent = new FakeAgent(
            GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));

    @Test
    void everySecondBadRoundSlowsTheGuestFurther() {
        AutoConverge rule = new AutoConverge();
        List<Integer> percents = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            percents.add(rule.roundEnded(1000, 501));
        }
        assertThat(percents)
                .containsExactly(0, 20, 20, 30, 30, 40, 40, 50, 50, 60, 60, 70, 70, 80, 80, 90, 90, 99, 99, 99);
    }

    @Test
    void aRoundThatDirtiesHalfIsNotBadAndBadOnesNeedNotFollowEachOther() {
        AutoConverge rule = new AutoConverge();
        assertThat(rule.roundEnded(1000, 500)).isZero();
        assertThat(rule.roundEnded(1000, 900)).isZero();
        assertThat(rule.roundEnded(1000, 100)).isZero();
        assertThat(rule.roundEnded(1000, 900)).isEqualTo(20);
        assertThat(rule.roundEnded(1000, 0)).as("never let go before the end").isEqualTo(20);
    }

    @Test
    void aGuestThatDoesNotConvergeConvergesAtThePriceOfItsWork() {
        Rig plain = new Rig(PAGES, Rig.writer(1.3 * BANDWIDTH, PAGES), agent, BANDWIDTH);
        assertThat(plain.run().status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(plain.statistics.throttledNanos()).isZero();
        assertThat(plain.statistics.cpuThrottlePercent()).isZero();

        Rig slowed = new Rig(PAGES, Rig.writer(1.3 * BANDWIDTH, PAGES), agent, BANDWIDTH);
        slowed.autoConverge = true;
        Migration migration = slowed.run();

        assertThat(migration.status()).as(migration.reason()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(slowed.verification.passed()).as(slowed.verification.text()).isTrue();
        assertThat(slowed.statistics.cpuThrottlePercent()).isBetween(30, 99);
        assertThat(slowed.statistics.throttledNanos()).isBetween(1_000_000_000L, slowed.statistics.totalNanos());
        long ran = slowed.destination.vcpu().programNanos();
        assertThat(ran + slowed.statistics.throttledNanos())
                .as("what it ran and what it lost is the time until the pause")
                .isBetween(
                        slowed.statistics.totalNanos() - slowed.statistics.downtimeNanos() - 1_000_000,
                        slowed.statistics.totalNanos());
        assertThat(slowed.destination.throttlePercent()).isZero();
    }

    @Test
    void aGuestThatIsLetGoRunsAtFullSpeedAgain() {
        Rig rig = new Rig(PAGES, Rig.writer(100.0 * BANDWIDTH, PAGES), agent, BANDWIDTH);
        rig.autoConverge = true;
        rig.convergence = new dev.godwit.hypervisor.migration.ConvergencePolicy(1_000_000, 6);

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.CANCELLED);

        assertThat(rig.statistics.cpuThrottlePercent()).isEqualTo(40);
        assertThat(rig.source.throttlePercent()).isZero();
        long before = rig.source.vcpu().programNanos();
        rig.clock.advance(1_000_000);
        assertThat(rig.source.vcpu().programNanos() - before).isEqualTo(1_000_000);
    }

    @Test
    void aThrottledGuestRunsItsShareOfTheTimeToTheNanosecond() {
        Rig rig = new Rig(100, Rig.writer(BANDWIDTH, 100), agent, BANDWIDTH);
        rig.source.boot();
        rig.source.throttle(99);
        for (int i = 0; i < 1000; i++) {
            rig.clock.advance(7);
        }
        assertThat(rig.source.vcpu().programNanos()).isEqualTo(70);
        assertThat(rig.source.throttledNanos()).isEqualTo(6930);
    }
}
