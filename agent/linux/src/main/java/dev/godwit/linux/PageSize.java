package dev.godwit.linux;

import com.sun.jna.LastErrorException;

/** Size of a page of this machine, and rounding to it. */
public final class PageSize {
    private static final int SC_PAGESIZE = 30;
    private static final int BYTES = query();
    private static final int SHIFT = Integer.numberOfTrailingZeros(BYTES);

    private PageSize() {}

    /** Bytes of a page, a power of two. */
    public static int bytes() {
        return BYTES;
    }

    /** Number of bits of an address below the page number. */
    public static int shift() {
        return SHIFT;
    }

    /** The address, or the next page boundary above it. */
    public static long roundUp(long address) {
        return (address + BYTES - 1) & -BYTES;
    }

    /** The address, or the page boundary below it. */
    public static long roundDown(long address) {
        return address & -BYTES;
    }

    private static int query() {
        try {
            long bytes = LibC.sysconf(SC_PAGESIZE);
            if (bytes < 4096 || bytes > 1 << 20 || Long.bitCount(bytes) != 1) {
                throw new NativeAccessException("sysconf(_SC_PAGESIZE) gave " + bytes);
            }
            return (int) bytes;
        } catch (LastErrorException failure) {
            throw new SystemCallException("sysconf(_SC_PAGESIZE)", failure.getErrorCode());
        }
    }
}
