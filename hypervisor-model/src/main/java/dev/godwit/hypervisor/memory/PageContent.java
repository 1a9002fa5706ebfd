package dev.godwit.hypervisor.memory;

import dev.godwit.trace.MemoryKind;

/**
 * What a page holds, as a token in a {@code long}: a replay moves no bytes, it moves proof of which bytes they were.
 *
 * <pre>
 *  63  62           35 34            6 5        1  0
 * +---+---------------+---------------+----------+------+
 * | 0 |  version (28) |   gfn (29)    | kind (5) | zero |
 * +---+---------------+---------------+----------+------+
 * </pre>
 *
 * <p>Two tokens are equal only if page, version and kind are; {@link #NEVER_WRITTEN}, a frame as the host hands it out,
 * is the only token of kind zero. Versions count writes and wrap around after 2^28.
 */
public final class PageContent {
    /** A frame that the host cleared and nobody has written: zeros. */
    public static final long NEVER_WRITTEN = 0;

    /** Largest number of pages that tokens can tell apart. */
    public static final int MAX_PAGES = 1 << 29;

    private static final int KIND_SHIFT = 1;
    private static final int KIND_MASK = 0x1F;
    private static final int GFN_SHIFT = 6;
    private static final int VERSION_SHIFT = 35;
    private static final int VERSION_MASK = 0xFFFFFFF;
    private static final MemoryKind[] KIND_BY_CODE = kindsByCode();

    private PageContent() {}

    /** Content of a page as the guest starts with it. */
    public static long first(int gfn, MemoryKind kind, boolean zero) {
        return pack(0, gfn, kind.code(), zero);
    }

    /**
     * Content of a page after one more write.
     *
     * @param before what it held
     * @param kindCode code of what was written
     * @param zero true if zeros were written
     */
    public static long rewritten(long before, int gfn, int kindCode, boolean zero) {
        return pack((version(before) + 1) & VERSION_MASK, gfn, kindCode, zero);
    }

    /** A page of zeros of which versions are counted on from a given one. */
    static long zeros(int version, int gfn) {
        return pack(version, gfn, 0, true);
    }

    private static long pack(int version, int gfn, int kindCode, boolean zero) {
        return (long) version << VERSION_SHIFT
                | (long) gfn << GFN_SHIFT
                | (long) kindCode << KIND_SHIFT
                | (zero ? 1 : 0);
    }

    /** How many writes made it, modulo 2^28. */
    public static int version(long content) {
        return (int) (content >>> VERSION_SHIFT);
    }

    /** Page that it was written to; 0 for {@link #NEVER_WRITTEN}. */
    public static int gfn(long content) {
        return (int) (content >>> GFN_SHIFT) & (MAX_PAGES - 1);
    }

    /** True for a page of zeros. */
    public static boolean isZero(long content) {
        return content == NEVER_WRITTEN || (content & 1) != 0;
    }

    /** Code of what was last written there; zero for {@link #NEVER_WRITTEN}. */
    public static int kindCode(long content) {
        return (int) (content >>> KIND_SHIFT) & KIND_MASK;
    }

    /** The kind with a code, null if there is none. */
    public static MemoryKind kind(int code) {
        return code < KIND_BY_CODE.length ? KIND_BY_CODE[code] : null;
    }

    /** For messages. */
    public static String describe(long content) {
        if (content == NEVER_WRITTEN) {
            return "never written";
        }
        return "page " + (content >>> GFN_SHIFT & (MAX_PAGES - 1)) + " version " + version(content) + " "
                + kind(kindCode(content)).label() + (isZero(content) ? " zeros" : "");
    }

    private static MemoryKind[] kindsByCode() {
        MemoryKind[] kinds = new MemoryKind[KIND_MASK + 1];
        for (MemoryKind kind : MemoryKind.values()) {
            kinds[kind.code()] = kind;
        }
        return kinds;
    }
}
