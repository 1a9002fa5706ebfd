package dev.godwit.hypervisor.hint;

/**
 * What a policy says of a moment.
 *
 * @param kind what to do
 * @param reason why, half a line for people
 */
public record Verdict(Kind kind, String reason) {

    /** What to do. */
    public enum Kind {
        /** This moment is good. */
        GO,
        /** A better one is to be expected: look again soon. */
        WAIT,
        /** It is not good, but there is no more time to wait for a better one. */
        FORCED
    }

    static Verdict go(String reason) {
        return new Verdict(Kind.GO, reason);
    }

    /** Waits while there is time to, for a stated reason. */
    static Verdict waitFor(String reason, long waitedNanos, long maxWaitNanos) {
        return new Verdict(waitedNanos < maxWaitNanos ? Kind.WAIT : Kind.FORCED, reason);
    }
}
