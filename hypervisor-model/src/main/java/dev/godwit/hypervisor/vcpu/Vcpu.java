package dev.godwit.hypervisor.vcpu;

import java.util.EnumMap;
import java.util.Map;

/** Control block of a virtual processor. */
public final class Vcpu {
    /** What a VCPU is doing. */
    public enum RunState {
        /** Never started, or its VM moved away. */
        OFFLINE,
        RUNNING,
        PAUSED
    }

    /**
     * Size of a VCPU's state on the wire: registers, XSAVE area, model-specific registers, local APIC. Assumed, not
     * measured; it costs 0.3 ms at 1 Gbit/s.
     */
    public static final int STATE_BYTES = 32 * 1024;

    private static final Overhead[] CAUSES = Overhead.values();

    private final long[] owedByCause = new long[CAUSES.length];
    private final long[] paidByCause = new long[CAUSES.length];
    private RunState state = RunState.OFFLINE;
    private long programNanos;
    private long owedNanos;
    private long paidNanos;

    public RunState state() {
        return state;
    }

    public void setState(RunState next) {
        state = next;
    }

    /** How long the VCPU has executed its program: the replay's instruction pointer, which travels with a migration. */
    public long programNanos() {
        return programNanos;
    }

    public void executed(long nanos) {
        programNanos += nanos;
    }

    /** Takes the registers of another VCPU over. */
    public void load(Vcpu other) {
        programNanos = other.programNanos;
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
        if (nanos < 0) {
            throw new IllegalArgumentException("nanos=" + nanos + ": the hypervisor gives no time back");
        }
        owedByCause[cause.index()] += nanos;
        owedNanos += nanos;
    }

    /**
     * Pays what is owed to the hypervisor.
     *
     * @param atMostNanos how long the VCPU runs, not negative
     * @return how much of that is gone
     */
    public long payOverhead(long atMostNanos) {
        if (owedNanos == 0) {
            return 0;
        }
        long left = atMostNanos;
        for (int cause = 0; cause < owedByCause.length; cause++) {
            long pay = Math.min(left, owedByCause[cause]);
            owedByCause[cause] -= pay;
            paidByCause[cause] += pay;
            left -= pay;
        }
        long paid = atMostNanos - left;
        owedNanos -= paid;
        paidNanos += paid;
        return paid;
    }

    /** Time that the hypervisor has taken so far and the VCPU has not paid yet. */
    public long owedNanos() {
        return owedNanos;
    }

    /** Work lost to the hypervisor: time for which the VCPU ran and its program did not. */
    public long overheadNanos() {
        return paidNanos;
    }

    /** The same by cause; causes that cost nothing are left out. */
    public Map<Overhead, Long> overheadByCause() {
        Map<Overhead, Long> byCause = new EnumMap<>(Overhead.class);
        for (Overhead cause : CAUSES) {
            if (paidByCause[cause.index()] > 0) {
                byCause.put(cause, paidByCause[cause.index()]);
            }
        }
        return byCause;
    }
}
