package dev.godwit.hypervisor.advise;

import java.util.Arrays;

/**
 * What a figure was in many replays: half of them were at or below the middle, four of five between low and high.
 *
 * @param low 10th percentile
 * @param middle median
 * @param high 90th percentile
 */
public record Band(double low, double middle, double high) {

    /** Of one value at least. */
    static Band of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Band(quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9));
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }
}
