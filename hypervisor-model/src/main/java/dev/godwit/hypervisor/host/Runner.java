package dev.godwit.hypervisor.host;

/** What executes when it is given a PCPU: the program of a VM, or work of the hypervisor. */
public interface Runner {

    /** True if there is something to execute at a moment, which the clock's time may have passed already. */
    boolean isReady(long nowNanos);

    /**
     * Executes.
     *
     * @param fromNanos when it begins
     * @param nanos for how long at most, positive
     * @return for how long it did; less than {@code nanos}: it blocks, and is asked {@link #isReady} later
     */
    long execute(long fromNanos, long nanos);

    /** Stood still for a while because it had nothing to execute. */
    default void blocked(long fromNanos, long toNanos) {}
}
