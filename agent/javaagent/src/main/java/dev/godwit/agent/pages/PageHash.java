package dev.godwit.agent.pages;

import java.nio.ByteBuffer;

/**
 * A 64-bit hash of a page, in four lanes that the processor can work on at once. Two different pages have the same hash
 * with a chance of about 2^-64; it is no defence against someone who wants them to.
 */
final class PageHash {
    private static final long PRIME_1 = 0x9E37_79B1_85EB_CA87L;
    private static final long PRIME_2 = 0xC2B2_AE3D_27D4_EB4FL;
    private static final int LANES_BYTES = 4 * Long.BYTES;

    private PageHash() {}

    /** Hash of {@code length} bytes from {@code offset}; the length is a multiple of 32. */
    static long of(ByteBuffer bytes, int offset, int length) {
        long a = PRIME_1;
        long b = PRIME_2;
        long c = 0;
        long d = -PRIME_1;
        for (int at = offset; at < offset + length; at += LANES_BYTES) {
            a = mix(a, bytes.getLong(at));
            b = mix(b, bytes.getLong(at + 8));
            c = mix(c, bytes.getLong(at + 16));
            d = mix(d, bytes.getLong(at + 24));
        }
        return finish(finish(finish(finish(a) ^ b) ^ c) ^ d);
    }

    /** One round of xxHash64: a bijection of the word for a given lane, and of the lane for a given word. */
    private static long mix(long lane, long word) {
        return Long.rotateLeft(lane + word * PRIME_2, 31) * PRIME_1;
    }

    private static long finish(long hash) {
        long folded = (hash ^ (hash >>> 33)) * PRIME_2;
        return (folded ^ (folded >>> 29)) * PRIME_1;
    }
}
