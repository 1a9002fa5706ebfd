package dev.godwit.hypervisor.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.migration.ConvergencePolicy.Decision;
import dev.godwit.hypervisor.migration.ConvergencePolicy.Statistics;
import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MigrationTest {
    private static final List<Consumer<Migration>> STEPS = List.of(
            m -> m.begin("step"),
            m -> m.startRounds("step"),
            m -> m.pauseGuest("step"),
            m -> m.complete("step"),
            m -> m.cancel("step"),
            m -> m.fail("step"));

    @Test
    void theRoadToCompletedIsLoggedWithItsReasons() {
        Migration migration = new Migration(new VirtualClock());
        migration.begin("a");
        migration.startRounds("b");
        migration.pauseGuest("c");
        migration.complete("d");

        assertThat(migration.transitions())
                .extracting(t -> t.from().label() + ">" + t.to().label() + ":" + t.reason())
                .containsExactly("none>setup:a", "setup>active:b", "active>device:c", "device>completed:d");
        assertThat(migration.reason()).isEqualTo("d");
    }

    @Test
    void noTerminalStateIsEverLeft() {
        for (Consumer<Migration> end : STEPS.subList(4, 6)) {
            for (int reached = 1; reached <= 3; reached++) {
                for (Consumer<Migration> next : STEPS) {
                    Migration migration = new Migration(new VirtualClock());
                    STEPS.subList(0, reached).forEach(step -> step.accept(migration));
                    end.accept(migration);
                    MigrationStatus terminal = migration.status();
                    assertThat(terminal.isTerminal()).isTrue();
                    assertThatThrownBy(() -> next.accept(migration))
                            .hasMessageContaining(terminal.label())
                            .hasMessageContaining("it is over");
                    assertThat(migration.status()).isEqualTo(terminal);
                }
            }
        }
    }

    @Test
    void aGuestIsNotPausedBeforeTheRoundsNorCompletedBeforeThePause() {
        Migration migration = new Migration(new VirtualClock());
        migration.begin("a");

        assertThatThrownBy(() -> migration.pauseGuest("b")).hasMessageContaining("setup cannot become device");
        assertThatThrownBy(() -> migration.complete("b")).hasMessageContaining("setup cannot become completed");
        assertThatThrownBy(() -> migration.begin("b")).hasMessageContaining("setup cannot become setup");
    }

    @Test
    void theRoundsEndExactlyAtTheDowntimeLimit() {
        ConvergencePolicy policy = new ConvergencePolicy(300_000_000, 5);

        assertThat(policy.decide(new Statistics(1, 29_900, 100_000, 1_000_000))).isEqualTo(Decision.SWITCH_OVER);
        assertThat(policy.decide(new Statistics(1, 29_901, 100_000, 1_000_000))).isEqualTo(Decision.NEXT_ROUND);
        assertThat(policy.decide(new Statistics(5, 29_901, 100_000, 1_000_000))).isEqualTo(Decision.GIVE_UP);
        assertThat(policy.decide(new Statistics(9, 29_900, 100_000, 1_000_000))).isEqualTo(Decision.SWITCH_OVER);
    }
}
