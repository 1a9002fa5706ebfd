package dev.godwit.hypervisor.machine;

/**
 * How often and how long a VM's VCPU stood before a page that its memory lacked.
 *
 * <p>Example: a fault at 10 us whose page arrives at 310 us is one of 300 us, in which the VM did no work.
 */
public final class PageFaults {
    private long count;
    private long blockedNanos;
    private long longestNanos;
    private long sinceNanos;
    private boolean waiting;

    /** The VCPU stood still from one moment to another, before the same page as the last time if it still waits. */
    void stoodStill(long fromNanos, long toNanos) {
        if (!waiting) {
            waiting = true;
            count++;
            sinceNanos = fromNanos;
        }
        blockedNanos += toNanos - fromNanos;
        longestNanos = Math.max(longestNanos, toNanos - sinceNanos);
    }

    /** The page has arrived. */
    void goesOn() {
        waiting = false;
    }

    /** Faults so far, the one that is waited for included. */
    public long count() {
        return count;
    }

    /** Time in which the VM did no work because it waited for a page. */
    public long blockedNanos() {
        return blockedNanos;
    }

    /** Longest wait for one page. */
    public long longestNanos() {
        return longestNanos;
    }

    /** When the last fault happened. */
    public long sinceNanos() {
        return sinceNanos;
    }
}
