package dev.godwit.hypervisor.sim;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Virtual nanoseconds. Time moves only when someone who blocks (a link that sends, a migration that waits) says so, and
 * whoever lives in that time is run up to the new moment before the call returns.
 */
public final class VirtualClock implements Clock {
    /** An array: it is gone through for every page that is sent. */
    private Passenger[] passengers = {};

    private final PriorityQueue<Appointment> appointments = new PriorityQueue<>();
    private long appointed;
    private long nanos;

    private record Appointment(long nanos, long sequence, Runnable action) implements Comparable<Appointment> {
        @Override
        public int compareTo(Appointment other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

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

    @Override
    public long nanos() {
        return nanos;
    }

    /** Adds one that time passes for; those added first are run first. */
    public void board(Passenger passenger) {
        passengers = Arrays.copyOf(passengers, passengers.length + 1);
        passengers[passengers.length - 1] = passenger;
    }

    /**
     * Has something happen at an exact moment: everyone aboard is run up to it first, nobody beyond it. Of two at one moment
     * the one made first happens first. What it throws leaves {@link #advance}, with the clock at that moment.
     *
     * @param atNanos when, not before now; if it is now, when time is next let pass, be it by nothing
     * @param action what happens; must not let time pass
     * @throws IllegalArgumentException if that moment is over
     */
    public void at(long atNanos, Runnable action) {
        if (atNanos < nanos) {
            throw new IllegalArgumentException("atNanos=" + atNanos + ": it is " + nanos + " already");
        }
        appointments.add(new Appointment(atNanos, appointed++, action));
    }

    @Override
    public void advance(long byNanos) {
        if (byNanos < 0) {
            throw new IllegalArgumentException("byNanos=" + byNanos + ": time does not run backwards");
        }
        long to = Math.addExact(nanos, byNanos);
        while (!appointments.isEmpty() && appointments.peek().nanos <= to) {
            Appointment next = appointments.remove();
            passUntil(next.nanos);
            next.action.run();
        }
        passUntil(to);
    }

    private void passUntil(long to) {
        if (to == nanos) {
            return;
        }
        long from = nanos;
        nanos = to;
        for (Passenger passenger : passengers) {
            passenger.passTime(from, to);
        }
    }
}
