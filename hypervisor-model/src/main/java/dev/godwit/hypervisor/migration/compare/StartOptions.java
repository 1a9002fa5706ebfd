package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.hint.StartPolicy;

/**
 * When a migration that is told what the JVM is doing begins and pauses its guest; one that is told nothing does both at once.
 *
 * @param byPolicy false: at once
 * @param maxWaitNanos how long is waited for a good moment at most, before the migration begins, and again before its pause
 */
public record StartOptions(boolean byPolicy, long maxWaitNanos) {
    /** At once. */
    public static final StartOptions NOW = new StartOptions(false, StartPolicy.DEFAULT_MAX_WAIT_NANOS);

    /**
     * Checks the figure.
     *
     * @throws IllegalArgumentException if it is out of its range; the message is one line for the user
     */
    public StartOptions {
        if (maxWaitNanos < 0) {
            throw new IllegalArgumentException("longest wait " + maxWaitNanos + " ns: give one of zero or more");
        }
    }

    /** At a good moment. */
    public static StartOptions policy(long maxWaitNanos) {
        return new StartOptions(true, maxWaitNanos);
    }

    PausePolicy pause() {
        return byPolicy ? PausePolicy.safe(maxWaitNanos) : PausePolicy.AT_ONCE;
    }
}
