package dev.godwit.hypervisor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    @Test
    void aRestAllowsOneBurstAndThenTheRateHolds() {
        TokenBucket bucket = new TokenBucket(125_000_000, 500_000, 1000);
        assertThat(bucket.take(500_000, 1000)).isZero();
        assertThat(bucket.take(65_536, 1000)).isEqualTo(524_288);
        assertThat(bucket.take(0, 1000 + 524_288)).isZero();
        // However long the rest, no more than a burst.
        assertThat(bucket.take(500_000, 1_000_000_000_000L)).isZero();
        assertThat(bucket.take(125, 1_000_000_000_000L)).isEqualTo(1000);
    }

    @Test
    void whoeverWaitsAsToldSendsAtTheRateNeverFaster() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long rate = 1_000_000L + random.nextInt(2_000_000_000);
            long burst = 65_536L + random.nextInt(1_000_000);
            TokenBucket bucket = new TokenBucket(rate, burst, 0);
            long now = 0;
            long sent = 0;
            for (int i = 0; i < 2000; i++) {
                int bytes = 1 + random.nextInt(65_536);
                now += bucket.take(bytes, now) + (random.nextInt(20) == 0 ? random.nextInt(10_000) : 0);
                sent += bytes;
                assertThat((double) sent - burst).as("seed %d", seed).isLessThanOrEqualTo(rate * (now / 1e9) + 1);
            }
            assertThat(sent / (now / 1e9)).as("seed %d", seed).isGreaterThan(rate * 0.9);
        }
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> new TokenBucket(0, 1, 0)).hasMessageContaining("above zero");
    }
}
