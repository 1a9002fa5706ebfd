package dev.godwit.trace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A page as its difference to an earlier version: XOR, then run-length coding, in words of eight bytes. This is what
 * {@link ContentSample#deltaBytes()} counts.
 *
 * <pre>
 *  delta   = { run }                    words behind the last run are unchanged; no run: nothing changed
 *  run     = skip changed word{changed}
 *  skip    = varint                     unchanged words since the last run; zero only in the first run
 *  changed = varint                     one or more
 *  word    = 8 bytes                    as they are now
 *  varint  = 0xxxxxxx                   0 to 127
 *          | 1xxxxxxx 0yyyyyyy          128 to 16383, low seven bits first; y is not zero
 * </pre>
 *
 * <p>Where the XOR of two words is zero nothing is stored. Where it is not, the new word is, as in QEMU's XBZRLE: it takes
 * as many bytes as the XOR, and spares the receiver from undoing it. QEMU counts runs in bytes, which on pages of a Java
 * heap saves about 5 % of the size and costs five times the time.
 *
 * <p>Example, a page of four words of which the second and third changed: {@code 01 02}, then their sixteen bytes; 18
 * bytes instead of 32.
 *
 * <p>Thread-safe: no state.
 */
public final class PageDelta {
    /** Given by {@link #encode} if the delta does not fit: send the page as it is. */
    public static final int OVERFLOW = -1;

    /** Largest page: its 8192 words can be counted by a varint. */
    public static final int MAX_PAGE_BYTES = 1 << 16;

    private static final int WORD_BYTES = Long.BYTES;
    private static final int MAX_ONE_BYTE = 0x7F;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private PageDelta() {}

    /**
     * Encodes.
     *
     * @param before holds the earlier version
     * @param beforeOffset where it begins
     * @param now holds the page
     * @param nowOffset where it begins
     * @param pageBytes size of the page, a multiple of 8 and at most {@link #MAX_PAGE_BYTES}
     * @param out gets the delta; neither of the two versions
     * @param outOffset where it is to begin
     * @param atMostBytes size from which on the delta is not worth it, or has no room
     * @return size of the delta, zero if nothing changed, {@link #OVERFLOW} if it would be larger than
     *     {@code atMostBytes}; {@code out} then holds a part of it
     * @throws IllegalArgumentException if a range is not one, or the size is none of a page
     */
    public static int encode(
            byte[] before,
            int beforeOffset,
            byte[] now,
            int nowOffset,
            int pageBytes,
            byte[] out,
            int outOffset,
            int atMostBytes) {
        checkPage(pageBytes);
        checkRange("before", before, beforeOffset, pageBytes);
        checkRange("now", now, nowOffset, pageBytes);
        checkRange("out", out, outOffset, atMostBytes);
        int end = outOffset + atMostBytes;
        int at = outOffset;
        int byteAt = 0;
        while (true) {
            int skippedFrom = byteAt;
            byteAt = nextChanged(before, beforeOffset, now, nowOffset, byteAt, pageBytes);
            if (byteAt == pageBytes) {
                return at - outOffset;
            }
            int changedFrom = byteAt;
            byteAt = nextUnchanged(before, beforeOffset, now, nowOffset, byteAt + WORD_BYTES, pageBytes);
            int skipped = (changedFrom - skippedFrom) / WORD_BYTES;
            int changedBytes = byteAt - changedFrom;
            int changed = changedBytes / WORD_BYTES;
            if (varintBytes(skipped) + varintBytes(changed) + changedBytes > end - at) {
                return OVERFLOW;
            }
            at = putVarint(out, at, skipped);
            at = putVarint(out, at, changed);
            System.arraycopy(now, nowOffset + changedFrom, out, at, changedBytes);
            at += changedBytes;
        }
    }

    private static int nextChanged(byte[] before, int beforeOffset, byte[] now, int nowOffset, int from, int end) {
        int at = from;
        while (at < end && (long) WORD.get(before, beforeOffset + at) == (long) WORD.get(now, nowOffset + at)) {
            at += WORD_BYTES;
        }
        return at;
    }

    private static int nextUnchanged(byte[] before, int beforeOffset, byte[] now, int nowOffset, int from, int end) {
        int at = from;
        while (at < end && (long) WORD.get(before, beforeOffset + at) != (long) WORD.get(now, nowOffset + at)) {
            at += WORD_BYTES;
        }
        return at;
    }

    /**
     * Decodes: turns the earlier version into the later one, in place. The whole delta is checked before a byte of the
     * page is touched. A delta carries no checksum: one that is well-formed is believed.
     *
     * @param delta holds the delta
     * @param offset where it begins
     * @param length its size
     * @param page holds the earlier version
     * @param pageOffset where it begins
     * @param pageBytes size of the page
     * @throws IllegalArgumentException if it is no delta of such a page, in one line that says where it is not; the page
     *     is then as it was
     */
    public static void decode(byte[] delta, int offset, int length, byte[] page, int pageOffset, int pageBytes) {
        checkPage(pageBytes);
        checkRange("delta", delta, offset, length);
        checkRange("page", page, pageOffset, pageBytes);
        walk(delta, offset, length, page, pageOffset, pageBytes, false);
        walk(delta, offset, length, page, pageOffset, pageBytes, true);
    }

    private static void walk(
            byte[] delta, int offset, int length, byte[] page, int pageOffset, int pageBytes, boolean write) {
        int end = offset + length;
        int at = offset;
        int byteAt = 0;
        while (at < end) {
            int run = at;
            int skipped = takeVarint(delta, at, offset, end);
            at += varintBytes(skipped);
            int changed = takeVarint(delta, at, offset, end);
            at += varintBytes(changed);
            int changedBytes = changed * WORD_BYTES;
            byteAt += skipped * WORD_BYTES;
            if (changed == 0 || (skipped == 0 && run > offset)) {
                throw refused("an empty run", run - offset);
            }
            if (byteAt > pageBytes - changedBytes) {
                throw refused("a run that ends behind the page of " + pageBytes + " bytes", run - offset);
            }
            if (changedBytes > end - at) {
                throw refused("a run that is cut off", run - offset);
            }
            if (write) {
                System.arraycopy(delta, at, page, pageOffset + byteAt, changedBytes);
            }
            at += changedBytes;
            byteAt += changedBytes;
        }
    }

    private static int varintBytes(int value) {
        return value > MAX_ONE_BYTE ? 2 : 1;
    }

    private static int putVarint(byte[] out, int at, int value) {
        if (value <= MAX_ONE_BYTE) {
            out[at] = (byte) value;
            return at + 1;
        }
        out[at] = (byte) (value | ~MAX_ONE_BYTE);
        out[at + 1] = (byte) (value >>> 7);
        return at + 2;
    }

    private static int takeVarint(byte[] in, int at, int offset, int end) {
        if (at >= end) {
            throw refused("a number that is cut off", at - offset);
        }
        int low = in[at];
        if (low >= 0) {
            return low;
        }
        if (at + 1 >= end) {
            throw refused("a number that is cut off", at - offset);
        }
        int high = in[at + 1];
        if (high <= 0) {
            throw refused("a number that is not written in its only form", at - offset);
        }
        return high << 7 | (low & MAX_ONE_BYTE);
    }

    private static IllegalArgumentException refused(String what, int at) {
        return new IllegalArgumentException("delta of a page refused: " + what + " at byte " + at);
    }

    private static void checkPage(int pageBytes) {
        if (pageBytes <= 0 || pageBytes > MAX_PAGE_BYTES || pageBytes % WORD_BYTES != 0) {
            throw new IllegalArgumentException(
                    "pageBytes=" + pageBytes + ": give a multiple of 8 from 8 to " + MAX_PAGE_BYTES);
        }
    }

    private static void checkRange(String name, byte[] array, int offset, int length) {
        if (offset < 0 || length < 0 || length > array.length - offset) {
            throw new IllegalArgumentException(
                    name + ": " + length + " bytes from " + offset + " are not within " + array.length);
        }
    }
}
