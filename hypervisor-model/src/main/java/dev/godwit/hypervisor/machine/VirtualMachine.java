package dev.godwit.hypervisor.machine;

import dev.godwit.hypervisor.device.DeviceBoard;
import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.Placement;
import dev.godwit.hypervisor.host.Runner;
import dev.godwit.hypervisor.host.Share;
import dev.godwit.hypervisor.memory.Balloon;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Delay;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One VM on one host. A migration has two of them, source and destination; at every moment at most one runs.
 *
 * <p>It has one VCPU. A VM runs from {@link #resume} to {@link #pause}, whether or not its VCPU has a PCPU all that time.
 */
public final class VirtualMachine {
    /**
     * State of a VM's devices on the wire: disk on shared storage, NIC, timers, interrupt controllers. Assumed, not
     * measured; it costs 2.1 ms at 1 Gbit/s.
     */
    public static final int DEVICE_STATE_BYTES = 256 * 1024;

    private final String name;
    private final Host host;
    private final GuestMemory memory;
    private final Vcpu vcpu;
    private final Placement placement;
    private final PageFaults faults = new PageFaults();
    private final Program program;
    private final List<Watcher> watchers = new ArrayList<>();
    private int throttlePercent;
    private long owedNanosTimes100;
    private long throttledNanos;
    private Optional<DeviceBoard> devices = Optional.empty();
    private boolean hostLost;

    /** Is told when a VM begins or ceases to run, after it did. */
    @FunctionalInterface
    public interface Watcher {
        void changed(VirtualMachine vm);

        /** It is in an earlier state again, and does not run yet. */
        default void wentBack(VirtualMachine vm) {}
    }

    /** A VM alone on a host of one PCPU. */
    public VirtualMachine(String name, VirtualClock clock, GuestMemory memory, Program program) {
        this(name, new Host("host of " + name, clock, 1), Share.DEFAULT, memory, program);
    }

    /**
     * @param name for messages
     * @param host where it runs
     * @param share how much of the host it is entitled to
     * @param memory its memory
     * @param program what it executes while it runs
     */
    public VirtualMachine(String name, Host host, Share share, GuestMemory memory, Program program) {
        this.name = name;
        this.host = host;
        this.memory = memory;
        this.program = program;
        this.vcpu = new Vcpu(name, Vcpu.Owner.VM, host.clock().nanos());
        this.placement = host.place(vcpu, new Executing(), share);
        memory.dirtyLog().attach(vcpu);
    }

    public String name() {
        return name;
    }

    public Host host() {
        return host;
    }

    public GuestMemory memory() {
        return memory;
    }

    /**
     * What the state of the VM takes on the wire beyond that of its emulated board and its VCPU: the list of ballooned
     * pages, and what the queues of its devices hold.
     */
    public long queuedStateBytes() {
        return memory.balloon().stateBytes()
                + devices.map(DeviceBoard::queuedStateBytes).orElse(0L);
    }

    /** Gives it devices; before it runs. */
    public void install(DeviceBoard board) {
        devices = Optional.of(board);
        board.installIn(() -> vcpu.state() == Vcpu.RunState.RUNNING && !waitsForPage(), program::isResponsive);
    }

    /** Its disk and NIC; empty if it has none. */
    public Optional<DeviceBoard> devices() {
        return devices;
    }

    /** How long until the devices of a paused VM have come to rest: until then its state cannot be taken. */
    public long untilQuietNanos() {
        return devices.map(DeviceBoard::untilQuietNanos).orElse(0L);
    }

    public Vcpu vcpu() {
        return vcpu;
    }

    /** True if it is neither paused nor elsewhere; its VCPU may wait, for a PCPU or for a page. */
    public boolean isRunning() {
        return vcpu.state().isActive();
    }

    /** Adds a watcher. */
    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /** Loads the program into memory and starts. */
    public void boot() {
        program.boot(memory);
        resume();
    }

    /**
     * Lets the VCPU run.
     *
     * @throws IllegalStateException if its host is lost
     */
    public void resume() {
        if (hostLost) {
            throw new IllegalStateException(name + ": its host is lost, it cannot run");
        }
        placement.start();
        devices.ifPresent(DeviceBoard::resume);
        changed();
    }

    /** Stops the VCPU; it can be resumed. */
    public void pause() {
        placement.stop(Vcpu.RunState.PAUSED);
        devices.ifPresent(DeviceBoard::pause);
        changed();
    }

    /** Ends the VM here: it runs elsewhere now. */
    public void release() {
        placement.stop(Vcpu.RunState.OFFLINE);
        devices.ifPresent(DeviceBoard::release);
        changed();
    }

    private void changed() {
        watchers.forEach(watcher -> watcher.changed(this));
    }

    /** Takes over what the same guest is at its other host, beside the contents of its memory. Both stand still. */
    public void load(VirtualMachine other) {
        vcpu.load(other.vcpu);
        memory.balloon().load(other.memory.balloon());
        devices.ifPresent(board -> board.load(other.devices.orElseThrow()));
    }

    /**
     * State of the VM at a moment, as a checkpoint keeps it; the contents of its memory are not part of it. What the world
     * outside has seen since cannot be undone ({@link DeviceBoard.State}).
     *
     * @param programNanos how long the program had been executed
     * @param mark where it stood
     * @param balloon which pages it had given back
     * @param devices what its devices were about; empty if it has none
     */
    public record Checkpoint(
            long programNanos, Program.Mark mark, Balloon.State balloon, Optional<DeviceBoard.State> devices) {}

    /** Takes the state of the VM. */
    public Checkpoint checkpoint() {
        return new Checkpoint(
                vcpu.programNanos(), program.mark(), memory.balloon().save(), devices.map(DeviceBoard::save));
    }

    /** Goes back to a state, of this VM or of another of the same guest; it does not run yet. */
    public void restore(Checkpoint checkpoint) {
        vcpu.standAt(checkpoint.programNanos);
        memory.balloon().load(checkpoint.balloon);
        checkpoint.mark.rewind();
        devices.ifPresent(board -> board.restore(checkpoint.devices.orElseThrow()));
        watchers.forEach(watcher -> watcher.wentBack(this));
    }

    /** Its host is gone with all that was on it: the VM never runs here again. */
    public void loseHost() {
        hostLost = true;
        release();
    }

    /** True if its host is gone. */
    public boolean isHostLost() {
        return hostLost;
    }

    /**
     * Keeps the VCPU from running for a share of the time, as QEMU's auto-converge does by letting it sleep.
     *
     * @param percent 0 to 99; 0 lets it run
     */
    public void throttle(int percent) {
        if (percent < 0 || percent > 99) {
            throw new IllegalArgumentException("throttle of " + percent + " %: give one from 0 to 99");
        }
        throttlePercent = percent;
    }

    /** Share of the time for which the VCPU is kept from running, in percent. */
    public int throttlePercent() {
        return throttlePercent;
    }

    /** Work lost: time for which the VCPU would have run and was kept from it. */
    public long throttledNanos() {
        return throttledNanos;
    }

    /** Where its time went until now. */
    public TimeSpent spent() {
        long now = host.clock().nanos();
        return new TimeSpent(
                vcpu.nanosIn(Vcpu.RunState.RUNNING, now)
                        + vcpu.nanosIn(Vcpu.RunState.RUNNABLE, now)
                        + vcpu.nanosIn(Vcpu.RunState.BLOCKED, now),
                vcpu.workNanos(),
                faults.blockedNanos(),
                throttledNanos,
                vcpu.delayNanos(Delay.HYPERVISOR),
                vcpu.delayNanos(Delay.OTHER_VMS),
                vcpu.delayNanos(Delay.CAP),
                vcpu.overheadByCause());
    }

    /** Its waits for pages that its memory lacked. */
    public PageFaults faults() {
        return faults;
    }

    /** The VCPU's program. */
    private final class Executing implements Runner {
        @Override
        public boolean isReady(long nowNanos) {
            return !waitsForPage();
        }

        @Override
        public long execute(long fromNanos, long nanos) {
            if (waitsForPage()) {
                return 0;
            }
            faults.goesOn();
            long awake = unthrottled(nanos);
            long overhead = vcpu.payOverhead(awake);
            long left = awake - overhead;
            long executed = left == 0 ? 0 : program.executeUntilFault(memory, left);
            vcpu.executed(executed);
            return overhead + executed;
        }

        @Override
        public void blocked(long fromNanos, long toNanos) {
            if (waitsForPage()) {
                faults.stoodStill(fromNanos, toNanos);
            } else {
                throttledNanos += toNanos - fromNanos;
            }
        }
    }

    private boolean waitsForPage() {
        return memory.faultedPage() != GuestMemory.NO_PAGE;
    }

    /** What is left of a stretch of time; parts of a nanosecond are carried over. */
    private long unthrottled(long nanos) {
        if (throttlePercent == 0) {
            return nanos;
        }
        owedNanosTimes100 += nanos * (100 - throttlePercent);
        long whole = Math.min(nanos, owedNanosTimes100 / 100);
        owedNanosTimes100 -= whole * 100;
        return whole;
    }

    @Override
    public String toString() {
        return name;
    }
}
