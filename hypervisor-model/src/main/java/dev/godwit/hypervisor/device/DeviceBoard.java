package dev.godwit.hypervisor.device;

import dev.godwit.hypervisor.network.Frame;
import dev.godwit.hypervisor.network.Server;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Vcpu;
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
