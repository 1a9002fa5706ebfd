package dev.godwit.hypervisor.vcpu;

import java.util.Map;

/**
 * Control block of a virtual processor: what it is doing, whose it is, where its program stands, and where its time went.
 *
 * <p>All of its time is accounted for: at every moment the times in its states add up to its age. The time in which it
 * runs is its program's and what the hypervisor takes of it; the time for which it is runnable is what others took.
 */
public final class Vcpu {
    /** What a VCPU is doing. */
    public enum RunState {
        /** Never started, or its VM moved away. */
        OFFLINE(0),
        /** It has a PCPU. */
        RUNNING(1),
        /** It could run, and waits for a PCPU. */
        RUNNABLE(2),
        /** It waits for something else: a page, an answer, the end of a sleep. */
        BLOCKED(3),
        /** Its VM is paused. */
        PAUSED(4);

        private final int index;

        RunState(int index) {
            this.index = index;
        }

        /** True if its VM runs, whether or not the VCPU has a PCPU at this moment. */
        public boolean isActive() {
            return this == RUNNING || this == RUNNABLE || this == BLOCKED;
        }
    }

    /** Whose a VCPU is. */
    public enum Owner {
        VM,
        /** The hypervisor's own: in Xen a VCPU of the control domain, elsewhere a thread of the host. */
        HYPERVISOR
    }

    /**
     * Size of a VCPU's state on the wire: registers, XSAVE area, model-specific registers, local APIC. Assumed, not
     * measured; it costs 0.3 ms at 1 Gbit/s.
     */
    public static final int STATE_BYTES = 32 * 1024;

    private final String name;
    private final Owner owner;
    private final OverheadAccount overhead = new OverheadAccount();
    private final long[] nanosByState = new long[RunState.values().length];
    private final long[] delayNanos = new long[Delay.values().length];
    private RunState state = RunState.OFFLINE;
    private long sinceNanos;
    private long programNanos;
    private long workNanos;

    /**
     * @param name whose it is, for messages and reports
     * @param nowNanos when it is made, in virtual time
     */
    public Vcpu(String name, Owner owner, long nowNanos) {
        this.name = name;
        this.owner = owner;
        this.sinceNanos = nowNanos;
    }

    /** Name of the VM, or of the hypervisor's thread. */
    public String name() {
        return name;
    }

    public Owner owner() {
        return owner;
    }

    public RunState state() {
        return state;
    }

    /** Since when it has been in its state. */
    public long sinceNanos() {
        return sinceNanos;
    }

    /**
     * Changes what it is doing. Only its host's scheduler knows when.
     *
     * @param atNanos when, not before its last change
     */
    public void become(RunState next, long atNanos) {
        if (next == state) {
            return;
        }
        if (atNanos < sinceNanos) {
            throw new IllegalArgumentException(name + " cannot become " + next + " at " + atNanos + " ns: it has been "
                    + state + " since " + sinceNanos + " ns");
        }
        nanosByState[state.index] += atNanos - sinceNanos;
        sinceNanos = atNanos;
        state = next;
    }

    /** How long it has been in a state in all, until now. */
    public long nanosIn(RunState asked, long nowNanos) {
        return nanosByState[asked.index] + (asked == state ? nowNanos - sinceNanos : 0);
    }

    /** It was runnable for a while and somebody else had the PCPU. */
    public void delayed(Delay cause, long nanos) {
        delayNanos[cause.index()] += nanos;
    }

    /** Work lost to others: time for which it was runnable and did not run. */
    public long delayNanos(Delay cause) {
        return delayNanos[cause.index()];
    }

    /** How long the VCPU has executed its program: the replay's instruction pointer, which travels with a migration. */
    public long programNanos() {
        return programNanos;
    }

    /** Work done here: how long this VCPU, and no other whose registers it took over, has executed its program. */
    public long workNanos() {
        return workNanos;
    }

    public void executed(long nanos) {
        programNanos += nanos;
        workNanos += nanos;
    }

    /** Takes the registers of another VCPU over. */
    public void load(Vcpu other) {
        standAt(other.programNanos);
    }

    /** Takes registers over that were saved. */
    public void standAt(long savedProgramNanos) {
        programNanos = savedProgramNanos;
    }

    /**
     * The hypervisor worked on the VCPU's back: before the program goes on, so much of the time that the VCPU runs is
     * gone.
     *
     * <p>Example: three write faults of 800 ns in one step of the simulation; of the next step the program gets all but
     * the first 2400 ns.
     *
     * @param cause what for
     * @param nanos how long, not negative
     */
    public void owe(Overhead cause, long nanos) {
        overhead.owe(cause, nanos);
    }

    /**
     * Pays what is owed to the hypervisor.
     *
     * @param atMostNanos how long the VCPU runs, not negative
     * @return how much of that is gone
     */
    public long payOverhead(long atMostNanos) {
        return overhead.pay(atMostNanos);
    }

    /** Time that the hypervisor has taken so far and the VCPU has not paid yet. */
    public long owedNanos() {
        return overhead.owedNanos();
    }

    /** Work lost to the hypervisor: time for which the VCPU ran and its program did not. */
    public long overheadNanos() {
        return overhead.paidNanos();
    }

    /** The same by cause; causes that cost nothing are left out. */
    public Map<Overhead, Long> overheadByCause() {
        return overhead.paidByCause();
    }

    @Override
    public String toString() {
        return name;
    }
}
