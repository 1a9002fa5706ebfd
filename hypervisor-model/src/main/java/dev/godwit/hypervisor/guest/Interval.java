package dev.godwit.hypervisor.guest;

/**
 * One interval of page tracking.
 *
 * @param fromNanos trace time at which it began
 * @param toNanos trace time at which it ended, later than {@code fromNanos}
 * @param written pages written in it at least once
 * @param dropped pages given back to the kernel in it
 */
record Interval(long fromNanos, long toNanos, WrittenPages written, WrittenPages dropped) {
    long nanos() {
        return toNanos - fromNanos;
    }
}
