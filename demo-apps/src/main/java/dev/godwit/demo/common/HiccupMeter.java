package dev.godwit.demo.common;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how long the whole program stood still: a thread asks to sleep for a millisecond, and what it oversleeps
 * is time in which no thread of the program could run when it wanted to.
 */
public final class HiccupMeter implements Runnable {
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicLong longestSinceTick = new AtomicLong();
    private volatile long longest;
    private volatile boolean stopped;

    @Override
    public void run() {
        long before = System.nanoTime();
        while (!stopped) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            note(now - before - SLEEP_NANOS);
            before = now;
        }
    }

    public void stop() {
        stopped = true;
    }

    /** Longest pause of the run, in nanoseconds. */
    public long longestNanos() {
        return longest;
    }

    /** Longest pause since the last call, in nanoseconds. */
    public long takeLongestNanos() {
        return longestSinceTick.getAndSet(0);
    }

    // Only the measuring thread writes, so read and write of the field need not be one step.
    private void note(long pauseNanos) {
        longestSinceTick.accumulateAndGet(pauseNanos, Math::max);
        if (pauseNanos > longest) {
            longest = pauseNanos;
        }
    }
}
