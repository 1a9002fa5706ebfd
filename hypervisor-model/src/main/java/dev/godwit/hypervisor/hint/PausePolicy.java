package dev.godwit.hypervisor.hint;

import dev.godwit.hypervisor.guest.GuestMoment;

/**
 * When a guest whose pause would fit into the downtime limit is paused: outside critical sections, and behind a young collection
 * that the JVM is about to make, if none is asked for; but at the latest when the operator's patience is over. A pure function.
 *
 * @param safe false: at once, whatever the application does
 * @param maxWaitNanos patience, counted from the moment at which the pause first would have fitted; not negative
 */
public record PausePolicy(boolean safe, long maxWaitNanos) {
    /** Asks nothing. */
    public static final PausePolicy AT_ONCE = new PausePolicy(false, 0);

    /**
     * Checks the figure.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public PausePolicy {
        if (maxWaitNanos < 0) {
            throw new IllegalArgumentException("longest wait " + maxWaitNanos + " ns: give one of zero or more");
        }
    }

    /** Outside critical sections. */
    public static PausePolicy safe(long maxWaitNanos) {
        return new PausePolicy(true, maxWaitNanos);
    }

    /**
     * Decides.
     *
     * @param moment what the agent says
     * @param waitedNanos since the pause first would have fitted
     * @param collects true if a collection is asked for before the pause
     */
    public Verdict decide(GuestMoment moment, long waitedNanos, boolean collects) {
        if (!safe) {
            return Verdict.go("asked for at once");
        }
        if (moment.isCritical()) {
            return Verdict.waitFor(
                    "inside " + moment.sections() + ", open for " + StartPolicy.millis(moment.oldestSectionNanos()),
                    waitedNanos,
                    maxWaitNanos);
        }
        if (!collects && StartPolicy.isSoon(moment.untilCollectionNanos()) && waitedNanos < maxWaitNanos) {
            return new Verdict(
                    Verdict.Kind.WAIT,
                    "a young collection is due in " + StartPolicy.millis(moment.untilCollectionNanos()));
        }
        return Verdict.go("outside critical sections");
    }
}
