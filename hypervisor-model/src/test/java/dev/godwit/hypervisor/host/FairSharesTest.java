package dev.godwit.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FairSharesTest {
    private static final double[] NOBODY = {};

    @Test
    void whoWantsLittleGetsItAndTheOthersShareTheRest() {
        assertThat(FairShares.of(2, 0.3, 1, 1)).containsExactly(new double[] {0.3, 0.85, 0.85}, within(1e-9));
        assertThat(FairShares.of(1, 1, 1, 1, 1)).containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(1e-9));
    }

    @Test
    void whereThereIsEnoughEveryoneGetsAll() {
        assertThat(FairShares.of(2, 1, 0.5, 0.5)).containsExactly(1, 0.5, 0.5);
        assertThat(FairShares.of(8, 1, 1)).containsExactly(1, 1);
    }

    @Test
    void sharesOfAnyDemandsUseUpTheProcessorsAndFavourNobody() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 500; i++) {
            double[] demands = random.doubles(1 + random.nextInt(6)).toArray();
            double processors = 0.5 + random.nextInt(4);

            double[] shares = FairShares.of(processors, demands);

            double most = Arrays.stream(shares).max().orElseThrow();
            assertThat(Arrays.stream(shares).sum())
                    .isCloseTo(Math.min(processors, Arrays.stream(demands).sum()), within(1e-9));
            for (int each = 0; each < demands.length; each++) {
                // Who does not get all that he wants has as much as anyone.
                assertThat(shares[each] == demands[each] || shares[each] == most)
                        .isTrue();
            }
        }
    }

    @Test
    void workTakesAsLongAsTheLongestIfThereAreProcessorsForAll() {
        assertThat(FairShares.nanosFor(3, new double[] {100, 200}, new double[] {1}))
                .isEqualTo(200);
        assertThat(FairShares.nanosFor(2, new double[] {0, 0}, new double[] {1}))
                .isZero();
        assertThat(FairShares.nanosFor(2, new double[] {100, 200}, NOBODY)).isEqualTo(200);
    }

    @Test
    void workThatSharesAProcessorTakesTheSumOfBoth() {
        assertThat(FairShares.nanosFor(1, new double[] {100, 200}, NOBODY)).isCloseTo(300, within(0.001));
        // The other one has a third: it wants as much as it can get.
        assertThat(FairShares.nanosFor(1, new double[] {100, 100}, new double[] {1}))
                .isCloseTo(300, within(0.001));
        // It wants a tenth, and gets it.
        assertThat(FairShares.nanosFor(1, new double[] {90, 180}, new double[] {0.1}))
                .isCloseTo(300, within(0.001));
    }

    @Test
    void fewerProcessorsNeverMakeWorkFaster() {
        double before = 0;
        for (double processors = 4; processors >= 0.5; processors -= 0.25) {
            double nanos = FairShares.nanosFor(processors, new double[] {400, 900}, new double[] {1, 0.4});
            assertThat(nanos).isGreaterThanOrEqualTo(before - 1e-6);
            before = nanos;
        }
        assertThat(before).isGreaterThan(2 * 900);
    }

    @Test
    void demandsThatNoThreadHasAreRefused() {
        assertThatThrownBy(() -> FairShares.of(2, 1.5)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> FairShares.of(2, Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> FairShares.of(0, 1)).hasMessageContaining("processors");
    }
}
