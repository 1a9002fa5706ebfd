package dev.godwit.hypervisor.transport;

import java.util.Locale;

/**
 * Something that breaks at a moment of virtual time.
 *
 * @param kind what
 * @param atNanos when, not negative
 * @param percent what is left of the bandwidth, in both directions; 1 to 100 for {@link Kind#LINK_SLOWED}, else 0
 */
public record Fault(Kind kind, long atNanos, int percent) {

    /** What can break. */
    public enum Kind {
        /** Nothing passes any more, in either direction; what is on its way never arrives. */
        LINK_CUT("the link was cut"),
        /** The link carries less, or as much as before again. */
        LINK_SLOWED("the link was slowed"),
        /** The host that the VM comes from is gone, with all its memory. */
        SOURCE_LOST("the source host was lost"),
        /** The host that the VM goes to is gone, with all its memory. */
        DESTINATION_LOST("the destination host was lost");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** True if a migration cannot go on behind it. */
        public boolean isFatal() {
            return this != LINK_SLOWED;
        }
    }

    /** @throws IllegalArgumentException if a figure is out of its range */
    public Fault {
        if (atNanos < 0) {
            throw new IllegalArgumentException("fault at " + atNanos + " ns: give a moment of zero or more");
        }
        boolean slowed = kind == Kind.LINK_SLOWED;
        if (slowed ? percent < 1 || percent > 100 : percent != 0) {
            throw new IllegalArgumentException(
                    kind + " with " + percent + " % of the bandwidth: give 1 to 100 for a slowed link, else 0");
        }
    }

    /** The link is cut. */
    public static Fault linkCut(long atNanos) {
        return new Fault(Kind.LINK_CUT, atNanos, 0);
    }

    /** From a moment on the link carries so much of what it could, in percent. */
    public static Fault linkSlowed(long atNanos, int percent) {
        return new Fault(Kind.LINK_SLOWED, atNanos, percent);
    }

    /** The source host is lost. */
    public static Fault sourceLost(long atNanos) {
        return new Fault(Kind.SOURCE_LOST, atNanos, 0);
    }

    /** The destination host is lost. */
    public static Fault destinationLost(long atNanos) {
        return new Fault(Kind.DESTINATION_LOST, atNanos, 0);
    }

    @Override
    public String toString() {
        return kind.text
                + (kind == Kind.LINK_SLOWED ? " to " + percent + " %" : "")
                + String.format(Locale.ROOT, " at %.3f ms", atNanos / 1e6);
    }
}
