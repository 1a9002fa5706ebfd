package dev.godwit.hypervisor.sim;

import java.util.concurrent.locks.LockSupport;

/** Real time where a replay has virtual time: it passes by itself, and letting it pass is sleeping. */
public final class RealClock implements Clock {
    private final long madeNanos = WallClock.nanos();

    @Override
    public long nanos() {
        return WallClock.nanos() - madeNanos;
    }

    /** Sleeps; a thread that is interrupted returns at once. */
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
