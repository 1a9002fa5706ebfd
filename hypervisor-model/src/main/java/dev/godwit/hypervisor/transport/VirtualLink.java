package dev.godwit.hypervisor.transport;

import dev.godwit.hypervisor.sim.VirtualClock;

/**
 * A link in virtual time: sending lets time pass.
 *
 * <p>Example: 125,000,000 bytes/s carry 262,144 bytes in 2,097,152 ns. What is left of a nanosecond is carried over to
 * the next call, so that many small sends take as long as one large one.
 */
public final class VirtualLink implements Link {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final VirtualClock clock;
    private final long bandwidthBytesPerSecond;
    private final long latencyNanos;
    private long sentBytes;
    private double owedNanos;

    /**
     * @param clock whose time sending takes
     * @param bandwidthBytesPerSecond what the link carries, positive
     * @param latencyNanos one way, not negative
     * @throws IllegalArgumentException if a figure is out of its range
     */
    public VirtualLink(VirtualClock clock, long bandwidthBytesPerSecond, long latencyNanos) {
        if (bandwidthBytesPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "bandwidth " + bandwidthBytesPerSecond + " bytes/s: give a bandwidth above zero");
        }
        if (latencyNanos < 0) {
            throw new IllegalArgumentException("latency " + latencyNanos + " ns: give a latency of zero or more");
        }
        this.clock = clock;
        this.bandwidthBytesPerSecond = bandwidthBytesPerSecond;
        this.latencyNanos = latencyNanos;
    }

    @Override
    public void send(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes=" + bytes + ": cannot send less than nothing");
        }
        sentBytes += bytes;
        owedNanos += bytes * (double) NANOS_PER_SECOND / bandwidthBytesPerSecond;
        long whole = (long) owedNanos;
        owedNanos -= whole;
        clock.advance(whole);
    }

    @Override
    public void awaitArrival() {
        clock.advance(latencyNanos);
    }

    @Override
    public void roundTrip() {
        clock.advance(2 * latencyNanos);
    }

    @Override
    public long bandwidthBytesPerSecond() {
        return bandwidthBytesPerSecond;
    }

    @Override
    public long latencyNanos() {
        return latencyNanos;
    }

    @Override
    public long sentBytes() {
        return sentBytes;
    }
}
