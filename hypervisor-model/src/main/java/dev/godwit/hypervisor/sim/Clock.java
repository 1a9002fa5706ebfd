package dev.godwit.hypervisor.sim;

/** What a migration needs of time, virtual ({@link VirtualClock}) or real ({@link RealClock}): to read it and to wait. */
public interface Clock {

    /** Nanoseconds since the clock was made; never runs backwards. */
    long nanos();

    /**
     * Lets time pass.
     *
     * @throws IllegalArgumentException if {@code byNanos} is negative
     */
    void advance(long byNanos);
}
