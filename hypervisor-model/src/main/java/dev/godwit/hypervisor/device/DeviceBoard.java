package dev.godwit.hypervisor.device;

import dev.godwit.hypervisor.network.Frame;
import dev.godwit.hypervisor.network.Server;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The devices of one VM on one host, and what becomes of them when the VM stops, moves and goes on.
 *
 * <p>The guest's software that uses them is of two parts: a {@link Server} that answers a client when the guest executes,
 * and a {@link Driver} that does the rest.
 */
public final class DeviceBoard implements VirtualClock.Passenger {
    private final VirtualClock clock;
    private final Vcpu vcpu;
    private final VirtualDisk disk;
    private final VirtualNic nic;
    private final Server server;
    private final Driver driver;
    private BooleanSupplier executes = () -> false;
    private BooleanSupplier answers = () -> false;
    private boolean running;
    private long seenProgramNanos;

    /** What in the guest uses devices as time goes by. It goes where the guest goes: the board it runs on calls it. */
    @FunctionalInterface
    public interface Driver {
        /** Uses no device. */
        Driver IDLE = (board, executedNanos) -> {};

        /**
         * The guest has executed for a while, until now.
         *
         * @param board its devices, of a VM that runs
         * @param executedNanos how long, not negative
         */
        void executed(DeviceBoard board, long executedNanos);

        /**
         * Marks where it stands.
         *
         * @return takes it back there
         */
        default Runnable mark() {
            return () -> {};
        }
    }

    /**
     * @param clock whose time passes; the VM's host is aboard already
     * @param vcpu that uses the devices
     * @param disk a disk
     * @param nic a NIC
     * @param server what answers behind the NIC
     * @param driver what else the guest does with its devices
     */
    public DeviceBoard(VirtualClock clock, Vcpu vcpu, VirtualDisk disk, VirtualNic nic, Server server, Driver driver) {
        this.clock = clock;
        this.vcpu = vcpu;
        this.disk = disk;
        this.nic = nic;
        this.server = server;
        this.driver = driver;
        nic.onFrame(this::serveIfExecuting);
        clock.board(this);
    }

    /**
     * Puts the board into a VM.
     *
     * @param vcpuExecutes true while its VCPU executes the guest
     * @param applicationAnswers true while the application inside would answer
     */
    public void installIn(BooleanSupplier vcpuExecutes, BooleanSupplier applicationAnswers) {
        executes = vcpuExecutes;
        answers = applicationAnswers;
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        long executed = vcpu.programNanos() - seenProgramNanos;
        seenProgramNanos = vcpu.programNanos();
        if (!running) {
            return;
        }
        driver.executed(this, executed);
        if (executed > 0 && answers.getAsBoolean()) {
            serve();
        }
    }

    private void serveIfExecuting() {
        if (running && executes.getAsBoolean() && answers.getAsBoolean()) {
            serve();
        }
    }

    /** The guest takes frames in and answers them. */
    private void serve() {
        for (Frame frame = nic.take(); frame != null; frame = nic.take()) {
            server.serve(frame, clock.nanos()).ifPresent(nic::send);
        }
    }

    /** The VM begins to run here. */
    public void resume() {
        running = true;
        seenProgramNanos = vcpu.programNanos();
        disk.resume();
        nic.resume();
        clock.at(clock.nanos(), this::serveIfExecuting);
    }

    /** The VM is paused. */
    public void pause() {
        running = false;
        disk.pause();
        nic.pause();
    }

    /** How long until the devices of a paused VM have come to rest. */
    public long untilQuietNanos() {
        return disk.untilQuietNanos(clock.nanos());
    }

    /** The VM runs elsewhere, or not at all. */
    public void release() {
        running = false;
        disk.release();
        nic.release();
    }

    /** Takes over the state of the VM's devices at its other host, where they have come to rest. */
    public void load(DeviceBoard other) {
        disk.load(other.disk);
        nic.load(other.nic);
        server.load(other.server);
    }

    /**
     * State of the devices at a moment, and of what in the guest uses them, for a checkpoint.
     *
     * <p>A guest that goes back to it knows nothing of what it did since, but the storage does, and so does its client. What
     * the guest can be promised is that in its own history, the one that it goes on with, each request to the disk is
     * completed exactly once: requests that were open then are made again, whether or not the storage has carried them out
     * meanwhile; requests that it made since are made again by the guest itself when it comes to them, under the same
     * numbers. To carry a write out again is harmless, because it writes the same to the same block; until the guest has
     * caught up, a block may hold what it is going to write. The host that is lost must be kept from the storage, or a late
     * write of its would undo a newer one.
     *
     * <p>Its client cannot be taken back: one that has had an answer since finds the guest behind, and their connection cannot
     * go on. To spare it that, answers would have to be held back until a point behind them is whole (Remus, NSDI 2008).
     *
     * @param disk requests
     * @param ring frames that the guest had not taken from the NIC
     * @param server where its end of the conversation stood
     * @param driver takes the rest of the software back
     */
    public record State(VirtualDisk.State disk, List<Frame> ring, Server.State server, Runnable driver) {}

    /** Takes the state of a board whose VM stands still. */
    public State save() {
        return new State(disk.save(), nic.save(), server.save(), driver.mark());
    }

    /** Goes back to a state, of this board or of the VM's board at its other host. The VM does not run. */
    public void restore(State state) {
        disk.restore(state.disk);
        nic.restore(state.ring);
        server.restore(state.server);
        state.driver.run();
    }

    /** What the queues hold, on the wire; the rest of the devices' state has a fixed size. */
    public long queuedStateBytes() {
        return disk.stateBytes() + nic.stateBytes();
    }

    /** Who pays for traps. */
    Vcpu vcpu() {
        return vcpu;
    }

    public VirtualDisk disk() {
        return disk;
    }

    public VirtualNic nic() {
        return nic;
    }

    public Server server() {
        return server;
    }
}
