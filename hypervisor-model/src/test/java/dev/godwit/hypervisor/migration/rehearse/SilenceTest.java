package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long LOOK = Silence.LOOK_NANOS;

    @Test
    void whatIsSilentForTheLimitIsGivenUpAndNotBefore() {
        Silence silence = new Silence(0);
        long looks = Silence.NANOS / LOOK;
        for (long i = 1; i < looks; i++) {
            assertThat(silence.isTooLong(true, i * LOOK)).as("look %d", i).isFalse();
        }
        assertThat(silence.isTooLong(true, looks * LOOK)).isTrue();
    }

    @Test
    void aWordInBetweenBeginsAnew() {
        Silence silence = new Silence(0);
        long now = 0;
        for (int i = 1; i < 100; i++) {
            now += LOOK;
            assertThat(silence.isTooLong(i % 15 != 0, now)).isFalse();
        }
    }

    @Test
    void timeInWhichNobodyLookedHardlyCounts() {
        Silence silence = new Silence(0);
        assertThat(silence.isTooLong(true, 10 * Silence.NANOS)).isFalse();
        assertThat(silence.isTooLong(true, 20 * Silence.NANOS)).isFalse();
    }
}
