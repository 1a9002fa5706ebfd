package dev.godwit.hypervisor.page;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes for the pages of a replay, which have none: always the same for the same page, version and kind.
 *
 * <p>A page is made of blocks of 64 bytes: two words as in a header, then references and small numbers, as in a Java heap. Each
 * block changes every so many versions, young memory at nearly each, code and native memory seldom, so that a delta to
 * the version before is a real one and compressors find something to do. Made up: what such pages weigh says nothing
 * of the recorded program; {@link ContentModel} does.
 */
public final class SyntheticPage {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK_BYTES = 64;

    /** Kinds up to this code, Eden and survivors, are rewritten as a whole. */
    private static final int LAST_YOUNG_CODE = 2;

    private SyntheticPage() {}

    /**
     * Fills a page.
     *
     * @param gfn its number
     * @param version how often it was written
     * @param kindCode code of what was written there
     * @param page gets the content, all of the array, a multiple of 64 bytes; never only zeros
     */
    public static void fill(int gfn, int version, int kindCode, byte[] page) {
        long identity = mix((long) gfn << 8 | kindCode);
        for (int at = 0; at < page.length; at += BLOCK_BYTES) {
            long block = mix(identity + at);
            int period = kindCode <= LAST_YOUNG_CODE ? 1 : 1 << (block & 7);
            int generation = (version + (int) (block >>> 32 & 0xFF)) / period;
            block(mix(block ^ generation), page, at);
        }
    }

    /** The same of a page that holds zeros. */
    public static void zeros(byte[] page) {
        Arrays.fill(page, (byte) 0);
    }

    private static void block(long seed, byte[] page, int at) {
        WORD.set(page, at, 1L);
        WORD.set(page, at + 8, 0x00C0_1000L + (seed & 15) * 0x210);
        long state = seed;
        for (int word = 16; word < BLOCK_BYTES; word += Long.BYTES) {
            state = state * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
            long reference = 0xE000_0000L | state >>> 44 << 3;
            long number = state >>> 54;
            WORD.set(page, at + word, (state >>> 40 & 3) == 0 ? reference << 32 | number : number);
        }
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ mixed >>> 33;
    }
}
