package dev.godwit.hypervisor.memory;

/** Breaks the book-keeping of a host, for tests that see whether somebody notices. */
public final class BrokenHost {
    private BrokenHost() {}

    /** Takes a frame from a guest that goes on using it. */
    public static void stealFrame(GuestMemory from, int gfn) {
        from.host().release(from.owner(), from.frame(gfn));
    }

    /** Hands a guest a frame that no page of it is in. */
    public static void leakFrame(GuestMemory to) {
        to.host().allocate(to.owner(), 0);
    }
}
