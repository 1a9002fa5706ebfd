package dev.godwit.demo.orders;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Spreads the operations of one client evenly over time, so that all clients together reach a rate. */
final class Pace {
    private final long stepNanos;
    private long nextNanos = System.nanoTime();

    /**
     * Makes the pace of one client.
     *
     * @param rate operations per second of all clients, zero for no limit
     * @param clients how many share it
     */
    Pace(int rate, int clients) {
        stepNanos = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(clients) / rate;
    }

    /** Waits until the next operation is due. A client that fell behind does not hurry to catch up. */
    void await() {
        if (stepNanos == 0) {
            return;
        }
        long now = System.nanoTime();
        nextNanos = Math.max(nextNanos + stepNanos, now);
        while (nextNanos - now > 0) {
            LockSupport.parkNanos(nextNanos - now);
            now = System.nanoTime();
        }
    }
}
