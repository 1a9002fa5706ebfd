package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Rehearsals of one program, begun one after the other at random moments and all under the same policy; all figures are
 * measured.
 *
 * @param when how each chose its moments
 * @param rehearsals in the order in which they were made
 */
public record SeriesOfStarts(PausePolicy when, List<RehearsalResult> rehearsals) {

    /** Copies the list. */
    public SeriesOfStarts {
        rehearsals = List.copyOf(rehearsals);
    }

    /** Such as {@code "safe within 1 s"}. */
    public String label() {
        if (!when.safe()) {
            return "now";
        }
        double seconds = when.maxWaitNanos() / 1e9;
        return String.format(Locale.ROOT, seconds < 1 ? "safe within %.1f s" : "safe within %.0f s", seconds);
    }

    /** Those that came to their pause and its end. */
    public List<RehearsalResult> completed() {
        return rehearsals.stream()
                .filter(result -> result.migration().status() == MigrationStatus.COMPLETED)
                .toList();
    }

    /** Pauses that hit a critical section: one that was open while the program stood. */
    public long hits() {
        return count(SeriesOfStarts::isHit);
    }

    /** Of the hits those of a pause that came because patience had ended. */
    public long forcedHits() {
        return count(result -> isHit(result) && isForced(result));
    }

    /** True if the memory of each that completed was found equal at the destination. */
    public boolean verified() {
        return completed().stream()
                .allMatch(result -> result.migration().verification().passed());
    }

    /**
     * The value below which a share of those that completed stay; 0 if there are none.
     *
     * @param share 0.5 for the median, 1 for the largest
     */
    public long quantile(ToLongFunction<RehearsalResult> figure, double share) {
        long[] sorted = completed().stream().mapToLong(figure).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    private long count(Predicate<RehearsalResult> what) {
        return completed().stream().filter(what).count();
    }

    /** True if a critical section was open when the program was stopped. */
    public static boolean isHit(RehearsalResult result) {
        return moments(result).hit().filter(hit -> hit.sections() > 0).isPresent();
    }

    /** True if the pause came because patience had ended. */
    public static boolean isForced(RehearsalResult result) {
        return moments(result).pause().filter(Moments.Choice::forced).isPresent();
    }

    /** For a moment to begin and one to pause, together. */
    public static long waitedNanos(RehearsalResult result) {
        Moments moments = moments(result);
        return moments.start().map(Moments.Choice::waitedNanos).orElse(0L)
                + moments.pause().map(Moments.Choice::waitedNanos).orElse(0L);
    }

    private static Moments moments(RehearsalResult result) {
        return result.migration().statistics().moments();
    }
}
