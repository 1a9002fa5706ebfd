package dev.godwit.hypervisor.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * Virtual nanoseconds. Time moves only when someone who blocks (a link that sends, a migration that waits) says so, and
 * whoever lives in that time is run up to the new moment before the call returns.
 */
public final class VirtualClock {
    private final List<Passenger> passengers = new ArrayList<>();
    private long nanos;

    /** Lives in virtual time. */
    @FunctionalInterface
    public interface Passenger {

        /**
         * Does what happens in a stretch of time.
         *
         * @param fromNanos where the stretch begins
         * @param toNanos where it ends, later than {@code fromNanos}
         */
        void passTime(long fromNanos, long toNanos);
    }

    /** Nanoseconds since the clock was made. */
    public long nanos() {
        return nanos;
    }

    /** Adds one that time passes for; those added first are run first. */
    public void board(Passenger passenger) {
        passengers.add(passenger);
    }

    /**
     * Lets time pass.
     *
     * @throws IllegalArgumentException if {@code byNanos} is negative
     */
    public void advance(long byNanos) {
        if (byNanos < 0) {
            throw new IllegalArgumentException("byNanos=" + byNanos + ": time does not run backwards");
        }
        if (byNanos == 0) {
            return;
        }
        long from = nanos;
        nanos = Math.addExact(from, byNanos);
        for (Passenger passenger : passengers) {
            passenger.passTime(from, nanos);
        }
    }
}
