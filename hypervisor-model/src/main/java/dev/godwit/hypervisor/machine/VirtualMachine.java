package dev.godwit.hypervisor.machine;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayList;
import java.util.List;

/**
 * One VM on one host. A migration has two of them, source and destination; at every moment at most one runs.
 */
public final class VirtualMachine implements VirtualClock.Passenger {
    /**
     * State of a VM's devices on the wire: disk on shared storage, NIC, timers, interrupt controllers. Assumed, not
     * measured; it costs 2.1 ms at 1 Gbit/s.
     */
    public static final int DEVICE_STATE_BYTES = 256 * 1024;

    private final String name;
    private final GuestMemory memory;
    private final Vcpu vcpu = new Vcpu();
    private final PageFaults faults = new PageFaults();
    private final Program program;
    private final List<Watcher> watchers = new ArrayList<>();
    private int throttlePercent;
    private long owedNanosTimes100;
    private long lostNanos;
    private boolean hostLost;

    /** Is told when a VM begins or ceases to run, after it did. */
    @FunctionalInterface
    public interface Watcher {
        void changed(VirtualMachine vm);
    }

    /**
     * @param name for messages
     * @param clock whose time it runs in
     * @param memory its memory
     * @param program what it executes while it runs
     */
    public VirtualMachine(String name, VirtualClock clock, GuestMemory memory, Program program) {
        this.name = name;
        this.memory = memory;
        this.program = program;
        clock.board(this);
    }

    public String name() {
        return name;
    }

    public GuestMemory memory() {
        return memory;
    }

    public Vcpu vcpu() {
        return vcpu;
    }

    public boolean isRunning() {
        return vcpu.state() == Vcpu.RunState.RUNNING;
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
        change(Vcpu.RunState.RUNNING);
    }

    /** Stops the VCPU; it can be resumed. */
    public void pause() {
        change(Vcpu.RunState.PAUSED);
    }

    /** Ends the VM here: it runs elsewhere now. */
    public void release() {
        change(Vcpu.RunState.OFFLINE);
    }

    /** Its host is gone with all that was on it: the VM never runs here again. */
    public void loseHost() {
        hostLost = true;
        change(Vcpu.RunState.OFFLINE);
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
        return lostNanos;
    }

    private void change(Vcpu.RunState next) {
        vcpu.setState(next);
        watchers.forEach(watcher -> watcher.changed(this));
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        if (!isRunning()) {
            return;
        }
        long nanos = toNanos - fromNanos;
        long executed = 0;
        if (memory.faultedPage() == GuestMemory.NO_PAGE) {
            faults.goesOn();
            nanos = unthrottled(nanos);
            lostNanos += toNanos - fromNanos - nanos;
            nanos -= vcpu.payOverhead(nanos);
            executed = nanos == 0 ? 0 : program.executeUntilFault(memory, nanos);
            vcpu.executed(executed);
        }
        if (memory.faultedPage() != GuestMemory.NO_PAGE) {
            faults.stoodStill(toNanos - (nanos - executed), toNanos);
        }
    }

    /** Its waits for pages that its memory lacked. */
    public PageFaults faults() {
        return faults;
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
