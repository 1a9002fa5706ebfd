package dev.godwit.hypervisor.transport;

import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.List;
import java.util.function.Consumer;

/**
 * A link in virtual time: sending lets time pass. What a {@link FaultPlan} says happens to it, and to the hosts at its ends.
 *
 * <p>Example: 125,000,000 bytes/s carry 262,144 bytes in 2,097,152 ns. What is left of a nanosecond is carried over to
 * the next call, so that many small sends take as long as one large one. Slowed to 50 % after 1,000,000 ns, the same bytes
 * take 1,000,000 ns and twice the rest, 3,194,304 ns in all.
 */
public final class VirtualLink implements Link {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final VirtualClock clock;
    private final long bandwidthBytesPerSecond;
    private final long latencyNanos;
    private final List<Fault> slowings;
    private final Direction there = new Direction();
    private final Direction back = new Direction();
    private boolean closed;

    /** What one direction has carried. */
    private static final class Direction {
        private long sentBytes;
        /** When the last byte has left, with its fraction of a nanosecond. */
        private double busyUntil;
    }

    /**
     * @param clock whose time sending takes
     * @param bandwidthBytesPerSecond what the link carries, positive
     * @param latencyNanos one way, not negative
     * @throws IllegalArgumentException if a figure is out of its range
     */
    public VirtualLink(VirtualClock clock, long bandwidthBytesPerSecond, long latencyNanos) {
        this(clock, bandwidthBytesPerSecond, latencyNanos, FaultPlan.none(), fault -> {});
    }

    /**
     * A link that fails as planned.
     *
     * @param plan what happens, no moment of it before now
     * @param struck is told of a fatal fault at its moment; then whoever lets time pass gets an {@link Outage}
     */
    public VirtualLink(
            VirtualClock clock,
            long bandwidthBytesPerSecond,
            long latencyNanos,
            FaultPlan plan,
            Consumer<Fault> struck) {
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
        this.slowings =
                plan.faults().stream().filter(fault -> !fault.kind().isFatal()).toList();
        plan.faults().stream()
                .filter(fault -> fault.kind().isFatal())
                .forEach(fault -> clock.at(fault.atNanos(), () -> strike(fault, struck)));
    }

    private void strike(Fault fault, Consumer<Fault> struck) {
        if (!closed) {
            struck.accept(fault);
            throw new Outage(fault);
        }
    }

    @Override
    public void send(long bytes) {
        double leaves = leaves(there, bytes);
        clock.advance((long) leaves - clock.nanos());
    }

    @Override
    public long sendBack(long bytes) {
        return (long) Math.ceil(leaves(back, bytes)) + latencyNanos;
    }

    /** When bytes that a direction is given now have left. */
    private double leaves(Direction direction, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes=" + bytes + ": cannot send less than nothing");
        }
        direction.sentBytes += bytes;
        // The fraction of a nanosecond by which the last send ended after the clock's time is part of this one.
        double from = Math.max((double) clock.nanos(), direction.busyUntil);
        direction.busyUntil = carriedAt(from, bytes);
        return direction.busyUntil;
    }

    private double carriedAt(double fromNanos, long bytes) {
        double at = fromNanos;
        double left = bytes;
        double perNano = perNano(100);
        for (Fault slowing : slowings) {
            if (slowing.atNanos() > at) {
                double until = Math.min((double) slowing.atNanos(), at + left / perNano);
                left -= (until - at) * perNano;
                at = until;
                if (at < slowing.atNanos()) {
                    return at;
                }
            }
            perNano = perNano(slowing.percent());
        }
        return at + left / perNano;
    }

    private double perNano(int percent) {
        return bandwidthBytesPerSecond * (percent / 100.0) / NANOS_PER_SECOND;
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
    public void close() {
        closed = true;
    }

    /** What the link carries at this moment. */
    @Override
    public long bandwidthBytesPerSecond() {
        int percent = 100;
        for (Fault slowing : slowings) {
            percent = slowing.atNanos() <= clock.nanos() ? slowing.percent() : percent;
        }
        return Math.max(1, bandwidthBytesPerSecond * percent / 100);
    }

    @Override
    public long latencyNanos() {
        return latencyNanos;
    }

    @Override
    public long sentBytes() {
        return there.sentBytes;
    }

    @Override
    public long sentBackBytes() {
        return back.sentBytes;
    }
}
