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
    private final Program program;
    private final List<Watcher> watchers = new ArrayList<>();

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

    /** Lets the VCPU run. */
    public void resume() {
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

    private void change(Vcpu.RunState next) {
        vcpu.setState(next);
        watchers.forEach(watcher -> watcher.changed(this));
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        if (isRunning()) {
            program.execute(memory, toNanos - fromNanos);
            vcpu.executed(toNanos - fromNanos);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
