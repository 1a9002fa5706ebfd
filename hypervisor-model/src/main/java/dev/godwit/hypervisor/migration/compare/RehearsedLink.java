package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import dev.godwit.hypervisor.transport.VirtualLink;

/**
 * The link of a rehearsal in virtual time: pages take as long as the link or the busiest of the threads takes, and those have
 * as much of the processors as is fair beside each other and the program. What the program does not get slows it, on whichever
 * of the hosts it runs.
 *
 * <p>Like a rehearsal's, it says of itself what it has carried so far, as soon as it has been busy for a while.
 */
final class RehearsedLink implements Link {
    /** As in a rehearsal: before that it says what it may carry. */
    private static final double MEASURED_FROM_NANOS = 100e6;

    private final VirtualClock clock;
    private final VirtualLink wire;
    private final RehearsingMachine machine;
    private final WeighedPages pages;
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private double sourceCompilingNanos;
    private double destinationCompilingNanos;
    private long busyUntilNanos;
    private double restNanos;
    private double sendingNanos;
    private long sentBytes;

    /**
     * @param wire what the link carries if nothing holds it up; nobody else sends on it
     * @param compilingNanos work of the source's JIT compilers: its process has just been started too
     */
    RehearsedLink(
            VirtualClock clock,
            VirtualLink wire,
            RehearsingMachine machine,
            long compilingNanos,
            WeighedPages pages,
            VirtualMachine source,
            VirtualMachine destination) {
        this.clock = clock;
        this.wire = wire;
        this.machine = machine;
        this.pages = pages;
        this.source = source;
        this.destination = destination;
        this.sourceCompilingNanos = compilingNanos;
        this.destinationCompilingNanos =
                machine.destinationHere() ? machine.work().compilingNanos() : 0;
        this.busyUntilNanos = clock.nanos();
    }

    @Override
    public void send(long bytes) {
        compileSinceLast();
        RehearsingMachine.Pace pace =
                machine.pace(bytes * 1e9 / wire.bandwidthBytesPerSecond(), pages.take(), program(), compilers());
        sentBytes += bytes;
        sendingNanos += pace.nanos();
        compiled(pace);
        restNanos += pace.nanos();
        long nanos = (long) restNanos;
        restNanos -= nanos;
        VirtualMachine program = destination.isRunning() ? destination : source;
        program.throttle((int) Math.min(99, Math.round(100 * (1 - pace.programShare()))));
        clock.advance(nanos);
        program.throttle(0);
        busyUntilNanos = clock.nanos();
    }

    /** Compilers go on while the source sets up, or reads what was written. */
    private void compileSinceLast() {
        double nanos = clock.nanos() - busyUntilNanos;
        if (nanos > 0 && sourceCompilingNanos > 0) {
            RehearsingMachine.Work sending = new RehearsingMachine.Work(nanos, 0, 0, 0);
            sourceCompilingNanos -= machine.pace(nanos, sending, program(), 1).compiledNanos();
        }
    }

    /** While one of its threads waits for a page, the others go on. */
    private RehearsingMachine.Program program() {
        if (source.isRunning()) {
            return RehearsingMachine.Program.RUNS;
        }
        if (!destination.isRunning()) {
            return RehearsingMachine.Program.STANDS;
        }
        boolean waits = destination.memory().faultedPage() != GuestMemory.NO_PAGE;
        return waits ? RehearsingMachine.Program.WAITS_FOR_A_PAGE : RehearsingMachine.Program.RUNS;
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
        wire.awaitArrival();
    }

    @Override
    public void roundTrip() {
        wire.roundTrip();
    }

    /** What little comes back does not wait for processors. */
    @Override
    public long sendBack(long bytes) {
        return wire.sendBack(bytes);
    }

    @Override
    public long sentBackBytes() {
        return wire.sentBackBytes();
    }

    @Override
    public long backBandwidthBytesPerSecond() {
        return wire.backBandwidthBytesPerSecond();
    }

    @Override
    public long bandwidthBytesPerSecond() {
        long most = wire.bandwidthBytesPerSecond();
        if (sendingNanos < MEASURED_FROM_NANOS) {
            return most;
        }
        return Math.max(1, Math.min(most, (long) (sentBytes * 1e9 / sendingNanos)));
    }

    @Override
    public long latencyNanos() {
        return wire.latencyNanos();
    }

    @Override
    public long sentBytes() {
        return sentBytes;
    }
}
