package dev.godwit.hypervisor.hint;

import dev.godwit.hypervisor.guest.GuestMoment;
import java.util.Locale;

/**
 * When a migration begins: now, or later, but at the latest when the operator's patience is over. A pure function.
 *
 * <p>In this order: an application that says it is busy is waited for; then a critical section, if the technique pauses the guest
 * as soon as it begins (one that copies for seconds first is asked again before its pause); then a burst, which is a guest that
 * writes more than the link carries outside its young generation, and more than it usually does; then, for a technique
 * that pauses at once, a collection that is due in a moment, because it leaves less to send. A quiet window is the best moment
 * there is.
 *
 * <p>Example: with a patience of 30 s, a guest in a section of 4 s is waited for, 4 s at most; one that never leaves its section
 * is migrated after 30 s, and the result says what was hit.
 *
 * @param maxWaitNanos patience, not negative
 */
public record StartPolicy(long maxWaitNanos) {
    /** Longer than nearly all transactions, shorter than the patience of who drains a host. */
    public static final long DEFAULT_MAX_WAIT_NANOS = 30_000_000_000L;

    /** A collection that is nearer than this is waited for. */
    static final long COLLECTION_SOON_NANOS = 100_000_000;

    private static final double BURST_OF_USUAL = 1.5;

    /**
     * What is known.
     *
     * @param moment what the agent says
     * @param waitedNanos how long has been waited
     * @param pausesAtOnce true for a technique that pauses the guest as soon as it begins
     * @param bandwidthBytesPerSecond what the link carries
     */
    public record Situation(GuestMoment moment, long waitedNanos, boolean pausesAtOnce, long bandwidthBytesPerSecond) {}

    /**
     * Checks the figure.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public StartPolicy {
        if (maxWaitNanos < 0) {
            throw new IllegalArgumentException("longest wait " + maxWaitNanos + " ns: give one of zero or more");
        }
    }

    /** Decides. */
    public Verdict decide(Situation now) {
        GuestMoment moment = now.moment();
        if (moment.busyLeftNanos() > 0) {
            return waitFor("the application expects to be busy for " + millis(moment.busyLeftNanos()) + " more", now);
        }
        if (now.pausesAtOnce() && moment.isCritical()) {
            return waitFor("inside " + moment.sections() + ", open for " + millis(moment.oldestSectionNanos()), now);
        }
        if (isBurst(moment, now.bandwidthBytesPerSecond())) {
            return waitFor(
                    String.format(
                            Locale.ROOT,
                            "a burst: %.0f MB/s are written outside the young generation, usually %.0f",
                            moment.outsideYoungBytesPerSecond() / 1e6,
                            moment.usualOutsideYoungBytesPerSecond() / 1e6),
                    now);
        }
        if (moment.quietLeftNanos() > 0) {
            return Verdict.go("the application expects to be quiet for " + millis(moment.quietLeftNanos()) + " more");
        }
        if (now.pausesAtOnce() && isSoon(moment.untilCollectionNanos())) {
            return waitFor("a young collection is due in " + millis(moment.untilCollectionNanos()), now);
        }
        return Verdict.go("nothing speaks against it");
    }

    /** An estimate that has run out is no reason to wait on. */
    static boolean isSoon(long untilCollectionNanos) {
        return untilCollectionNanos > 0 && untilCollectionNanos < COLLECTION_SOON_NANOS;
    }

    private static boolean isBurst(GuestMoment moment, long bandwidthBytesPerSecond) {
        return moment.outsideYoungBytesPerSecond() > bandwidthBytesPerSecond
                && moment.outsideYoungBytesPerSecond() > BURST_OF_USUAL * moment.usualOutsideYoungBytesPerSecond();
    }

    private Verdict waitFor(String reason, Situation now) {
        return Verdict.waitFor(reason, now.waitedNanos(), maxWaitNanos);
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
