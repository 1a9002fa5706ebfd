package dev.godwit.hypervisor.memory;

/** The frames of one host, handed out cleared, and what each holds. */
public final class HostMemory {
    private final long[] contents;
    private int allocated;

    /**
     * @param frames how many page frames the host has for guests
     */
    public HostMemory(int frames) {
        contents = new long[frames];
    }

    /**
     * Hands out a cleared frame.
     *
     * @return its machine frame number
     * @throws IllegalStateException if none is left
     */
    public int allocate() {
        if (allocated == contents.length) {
            throw new IllegalStateException("the host has no frame left of its " + contents.length);
        }
        // Downwards: a guest frame and its machine frame differ, so that mixing them up does not go unnoticed.
        return contents.length - ++allocated;
    }

    long read(int mfn) {
        return contents[mfn];
    }

    void write(int mfn, long content) {
        contents[mfn] = content;
    }
}
