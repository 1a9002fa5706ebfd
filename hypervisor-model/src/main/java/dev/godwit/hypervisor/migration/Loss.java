package dev.godwit.hypervisor.migration;

import java.util.Comparator;

/**
 * What a failure costs, or would cost.
 *
 * @param kind of what
 * @param workNanos for {@link Kind#WORK} how long the VM's program had run since the state it falls back to, else 0
 * @param atNanos virtual time of a failure that would cost this; 0 for {@link Kind#NOTHING}
 */
public record Loss(Kind kind, long workNanos, long atNanos) {
    /** From the least to the most. */
    public enum Kind {
        NOTHING("nothing"),
        /** The VM goes on from an earlier state. */
        WORK("work"),
        /** The VM is gone. */
        VM("vm");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** Name in reports. */
        public String label() {
            return label;
        }
    }

    /** No failure costs anything. */
    public static final Loss NOTHING = new Loss(Kind.NOTHING, 0, 0);

    private static final Comparator<Loss> BY_WEIGHT =
            Comparator.comparing(Loss::kind).thenComparingLong(Loss::workNanos);

    /** A failure at that moment costs so much work. */
    public static Loss work(long workNanos, long atNanos) {
        return workNanos == 0 ? NOTHING : new Loss(Kind.WORK, workNanos, atNanos);
    }

    /** A failure at that moment costs the VM. */
    public static Loss vm(long atNanos) {
        return new Loss(Kind.VM, 0, atNanos);
    }

    /** The worse of the two, this one if neither is. */
    public Loss orWorse(Loss other) {
        return BY_WEIGHT.compare(other, this) > 0 ? other : this;
    }
}
