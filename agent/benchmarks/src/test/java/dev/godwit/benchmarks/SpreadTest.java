package dev.godwit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void theIntervalOfAKnownSampleIsStudents() {
        // Mean 0.03, standard deviation 0.01 * sqrt(2.5), five values: t is 2.776.
        Spread spread = Spread.ofLogarithms(List.of(0.01, 0.02, 0.03, 0.04, 0.05));

        double margin = 2.776 * 0.01 * Math.sqrt(2.5) / Math.sqrt(5);
        assertThat(spread.percent()).isCloseTo(100 * Math.expm1(0.03), within(1e-9));
        assertThat(spread.lowestPercent()).isCloseTo(100 * Math.expm1(0.03 - margin), within(1e-9));
        assertThat(spread.highestPercent()).isCloseTo(100 * Math.expm1(0.03 + margin), within(1e-9));
    }

    @Test
    void ofOneValueNothingIsKnownOfTheSpread() {
        Spread spread = Spread.ofLogarithms(List.of(0.02));

        assertThat(spread.lowestPercent()).isEqualTo(-100);
        assertThat(spread.highestPercent()).isInfinite();
    }

    @Test
    void nineteenOfTwentyIntervalsHoldTheTrueValue() {
        Random random = new Random(7);
        int held = 0;
        for (int i = 0; i < 2_000; i++) {
            List<Double> values = new ArrayList<>();
            for (int launch = 0; launch < 14; launch++) {
                values.add(0.01 + 0.02 * random.nextGaussian());
            }
            Spread spread = Spread.ofLogarithms(values);
            double truth = 100 * Math.expm1(0.01);
            held += spread.lowestPercent() <= truth && truth <= spread.highestPercent() ? 1 : 0;
        }
        assertThat(held).isBetween(1_860, 1_940);
    }

    @Test
    void aTrimmedMeanLeavesOutATenthAtEitherEnd() {
        List<Double> values = new ArrayList<>(List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 1e9, -1e9));
        Collections.shuffle(values, new Random(1));

        assertThat(Spread.trimmedMean(values)).isEqualTo(4.5);
        assertThat(Spread.trimmedMean(List.of(1.0, 2.0, 9.0))).isEqualTo(4.0);
    }

    @Test
    void theErrorWithinGroupsIsThatOfTheirMeans() {
        // Standard deviation sqrt(2) of two values: sqrt(2) / sqrt(2) for the mean; none in the other group.
        assertThat(Spread.errorWithin(List.of(List.of(1.0, 3.0), List.of(5.0, 5.0))))
                .isCloseTo(Math.sqrt(0.5), within(1e-12));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Spread.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(Spread.median(List.of(9.0, 1.0, 4.0, 2.0))).isEqualTo(3);
    }
}
