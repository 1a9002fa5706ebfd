package dev.godwit.hypervisor.sim;

import java.util.concurrent.locks.LockSupport;

/**
 * Real time where a replay has virtual time: it passes by itself, and letting it pass is sleeping. Nobody lives in it but
 * the migration, so that those who board are not run.
 */
public final class RealClock extends VirtualClock {
    private final long madeNanos = WallClock.nanos();

    @Override
    public long nanos() {
        return WallClock.nanos() - madeNanos;
    }

    @Override
    public void board(Passenger passenger) {
        // Whoever lives in real time is run by the machine.
    }

    @Override
    public void at(long atNanos, Runnable action) {
        throw new UnsupportedOperationException("nothing is arranged for a moment of real time");
    }

    @Override
    public void advance(long byNanos) {
        if (byNanos < 0) {
            throw new IllegalArgumentException("byNanos=" + byNanos + ": time does not run backwards");
        }
        long until = WallClock.nanos() + byNanos;
        for (long left = byNanos; left > 0; left = until - WallClock.nanos()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }
}
