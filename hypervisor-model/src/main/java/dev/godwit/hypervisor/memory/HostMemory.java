package dev.godwit.hypervisor.memory;

import java.util.Arrays;

/**
 * The frames of one host: who owns each, which page of its guest it is (M2P, the inverse of the guests' P2M tables), and
 * what it holds. Frames are handed out cleared, taken back, and handed out again.
 *
 * <p>Example: a host of 3 frames and two guests of 2 pages each. The first guest takes two frames, the second one; its
 * second page is refused. When a balloon gives a page of the first guest back, that frame serves it.
 *
 * <p>Cost: 14 bytes for each frame, used or not.
 */
public final class HostMemory {
    /** Owner of a frame that belongs to no guest. */
    public static final int NO_OWNER = 0;

    private static final int NO_GFN = -1;

    private final long[] contents;
    private final int[] gfns;
    private final short[] owners;
    /** Frames given back, the last one on top. */
    private int[] free = new int[16];

    private int freeCount;
    private int neverUsed;
    private int guests;

    /**
     * @param frames how many page frames the host has for guests
     */
    public HostMemory(int frames) {
        contents = new long[frames];
        gfns = new int[frames];
        owners = new short[frames];
        neverUsed = frames;
    }

    /** Number of frames, free or not. */
    public int frames() {
        return contents.length;
    }

    /** Number of frames that no guest has. */
    public int freeFrames() {
        return neverUsed + freeCount;
    }

    /**
     * A guest comes to the host.
     *
     * @return what its frames are marked with, above {@link #NO_OWNER}
     */
    int admit() {
        if (guests == Short.MAX_VALUE) {
            throw new IllegalStateException("the host has had " + guests + " guests: it can tell no more apart");
        }
        return ++guests;
    }

    /**
     * Hands out a cleared frame.
     *
     * @param owner as given by {@link #admit}
     * @param gfn what it will be in that guest
     * @return its machine frame number
     * @throws IllegalStateException if none is left
     */
    int allocate(int owner, int gfn) {
        int mfn = freeCount > 0 ? free[--freeCount] : neverUsedFrame(owner, gfn);
        owners[mfn] = (short) owner;
        gfns[mfn] = gfn;
        return mfn;
    }

    private int neverUsedFrame(int owner, int gfn) {
        if (neverUsed == 0) {
            throw new IllegalStateException("the host has no frame left of its " + contents.length + " for page " + gfn
                    + " of guest " + owner + ": give it more memory, or its guests less");
        }
        // Downwards: a guest frame and its machine frame differ, so that mixing them up does not go unnoticed.
        return --neverUsed;
    }

    /**
     * Takes a frame back and clears it: the next owner must not read what the last one wrote.
     *
     * @param owner who gives it back
     * @throws IllegalStateException if the frame is not the guest's
     */
    void release(int owner, int mfn) {
        if (owners[mfn] != owner) {
            throw new IllegalStateException(
                    "frame " + mfn + " is given back by guest " + owner + " and belongs to guest " + owners[mfn]);
        }
        owners[mfn] = NO_OWNER;
        gfns[mfn] = NO_GFN;
        contents[mfn] = PageContent.NEVER_WRITTEN;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, Math.min(contents.length, 2 * free.length));
        }
        free[freeCount++] = mfn;
    }

    /** Who has a frame: {@link GuestMemory#owner}, or {@link #NO_OWNER}. */
    public int owner(int mfn) {
        return owners[mfn];
    }

    /** Which page of its owner a frame is; meaningless for a frame without one. */
    public int gfn(int mfn) {
        return gfns[mfn];
    }

    long read(int mfn) {
        return contents[mfn];
    }

    void write(int mfn, long content) {
        contents[mfn] = content;
    }
}
