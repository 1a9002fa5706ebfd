package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.compare.Comparison;
import java.util.Locale;

/**
 * A comparison for people and for programs.
 *
 * <p>Same comparison, same characters: no time of day, no path, no unordered map.
 */
public final class ComparisonReport {
    private ComparisonReport() {}

    /** The JSON, indented, with a line feed at its end. Shape: {@link ComparisonJson}. */
    public static String json(Comparison comparison) {
        return ComparisonJson.write(comparison);
    }

    /** A table, results side by side, every line ended by a line feed. */
    public static String table(Comparison comparison) {
        return ComparisonTable.write(comparison);
    }

    /** How each technique fares beside the best: the lectures' table, from figures; lines ended by a line feed. */
    public static String inShort(Comparison comparison) {
        return QualitativeTable.write(comparison.results());
    }

    /**
     * Why the plain migration fared as it did, and what to do; lines ended by a line feed.
     *
     * @param each whether to say of each technique how it fared too
     */
    public static String explanation(Comparison comparison, boolean each) {
        return Explanation.write(comparison, each);
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }

    static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%,.1f MiB", bytes / (1 << 20));
    }
}
