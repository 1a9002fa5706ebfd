package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;

/**
 * The link of a rehearsal in virtual time: pages take as long as the link or the busiest of the two processes takes, and those have
 * as much of the processors as is fair beside each other and the program. What the program does not get slows it.
 *
 * <p>Like a rehearsal's, it says of itself what it has carried so far, as soon as it has been busy for a while.
 */
final class RehearsedLink implements Link {
    /** As in a rehearsal: before that it says what it may carry. */
    private static final double MEASURED_FROM_NANOS = 100e6;

    private final VirtualClock clock;
    private final long bandwidthBytesPerSecond;
    private final long latencyNanos;
    private final RehearsingMachine machine;
    private final WeighedPages pages;
    private final VirtualMachine source;
    private double sourceCompilingNanos;
    private double destinationCompilingNanos;
    private long busyUntilNanos;
    private double restNanos;
    private double sendingNanos;
    private long sentBytes;

    /**
     * @param compilingNanos work of the source's JIT compilers: its process has just been started too
     */
    RehearsedLink(
            VirtualClock clock,
            long bandwidthBytesPerSecond,
            long latencyNanos,
            RehearsingMachine machine,
            long compilingNanos,
            WeighedPages pages,
            VirtualMachine source) {
        this.clock = clock;
        this.bandwidthBytesPerSecond = bandwidthBytesPerSecond;
        this.latencyNanos = latencyNanos;
        this.machine = machine;
        this.pages = pages;
        this.source = source;
        this.sourceCompilingNanos = compilingNanos;
        this.destinationCompilingNanos =
                machine.destinationHere() ? machine.work().compilingNanos() : 0;
        this.busyUntilNanos = clock.nanos();
    }

    @Override
    public void send(long bytes) {
        compileSinceLast();
        RehearsingMachine.Pace pace = machine.pace(
                bytes * 1e9 / bandwidthBytesPerSecond,
                pages.takeSendNanos(),
                pages.takeReceiveNanos(),
                source.isRunning(),
                compilers());
        sentBytes += bytes;
        sendingNanos += pace.nanos();
        compiled(pace);
        restNanos += pace.nanos();
        long nanos = (long) restNanos;
        restNanos -= nanos;
        source.throttle((int) Math.min(99, Math.round(100 * (1 - pace.programShare()))));
        clock.advance(nanos);
        source.throttle(0);
        busyUntilNanos = clock.nanos();
    }

    /** Compilers go on while the source sets up, or reads what was written. */
    private void compileSinceLast() {
        double nanos = clock.nanos() - busyUntilNanos;
        if (nanos > 0 && sourceCompilingNanos > 0) {
            sourceCompilingNanos -=
                    machine.pace(nanos, nanos, 0, source.isRunning(), 1).compiledNanos();
        }
    }

    private int compilers() {
        return (sourceCompilingNanos > 0 ? 1 : 0) + (destinationCompilingNanos > 0 ? 1 : 0);
    }

    private void compiled(RehearsingMachine.Pace pace) {
        sourceCompilingNanos -= pace.compiledNanos();
        destinationCompilingNanos -= pace.compiledNanos();
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
        if (sendingNanos < MEASURED_FROM_NANOS) {
            return bandwidthBytesPerSecond;
        }
        return Math.max(1, Math.min(bandwidthBytesPerSecond, (long) (sentBytes * 1e9 / sendingNanos)));
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
