package dev.godwit.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RealClockTest {
    private final Clock clock = new RealClock();

    @Test
    void letsAtLeastSoMuchTimePass() {
        long before = clock.nanos();
        clock.advance(2_000_000);
        assertThat(clock.nanos() - before).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void doesNotRunBackwards() {
        assertThatThrownBy(() -> clock.advance(-1)).hasMessageContaining("byNanos=-1");
    }

    @Test
    void lettingTimePassEndsWhenTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        clock.advance(Long.MAX_VALUE / 4);
        assertThat(Thread.interrupted()).isTrue();
    }
}
