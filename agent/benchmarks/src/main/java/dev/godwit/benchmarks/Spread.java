package dev.godwit.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A change that was measured several times, in percent.
 *
 * @param percent the mean
 * @param lowestPercent lower end of what the true change is in 95 of 100 cases
 * @param highestPercent upper end
 */
record Spread(double percent, double lowestPercent, double highestPercent) {
    /** Student's t for 95 %, two-sided, by degrees of freedom from 1. */
    private static final double[] STUDENT_T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    /**
     * Of logarithms of ratios: the mean of those is what does not depend on which of two is named first.
     *
     * @param logarithms at least one; of one only, nothing is known of the spread
     */
    static Spread ofLogarithms(List<Double> logarithms) {
        int count = logarithms.size();
        double mean = mean(logarithms);
        double margin = count < 2
                ? Double.POSITIVE_INFINITY
                : STUDENT_T[Math.min(count - 1, STUDENT_T.length) - 1] * deviation(logarithms) / Math.sqrt(count);
        return new Spread(percent(mean), percent(mean - margin), percent(mean + margin));
    }

    /** Standard deviation; not a number for one value only. */
    static double deviation(List<Double> values) {
        double mean = mean(values);
        double squares = values.stream()
                .mapToDouble(each -> (each - mean) * (each - mean))
                .sum();
        return Math.sqrt(squares / (values.size() - 1));
    }

    /** By how much the means of groups differ only because the values in each of them do: root mean square. */
    static double errorWithin(List<List<Double>> groups) {
        return Math.sqrt(groups.stream()
                .mapToDouble(group -> Math.pow(deviation(group), 2) / group.size())
                .average()
                .orElseThrow());
    }

    /**
     * The mean of all but the tenth at either end, rounded down: a moment in which something else had the processor's caches
     * then weighs no more than any other.
     */
    static double trimmedMean(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int left = sorted.size() / 10;
        return mean(sorted.subList(left, sorted.size() - left));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double percent(double logarithm) {
        return 100 * Math.expm1(logarithm);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%+6.2f %% (%+.2f to %+.2f)", percent, lowestPercent, highestPercent);
    }
}
