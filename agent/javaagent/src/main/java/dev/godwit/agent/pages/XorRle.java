package dev.godwit.agent.pages;

import java.nio.ByteBuffer;

/**
 * The difference between two versions of a page: XOR, then run lengths of the words that are zero in it.
 *
 * <pre>
 * page    := run*                       words behind the last run are as they were
 * run     := same changed word+
 * same    := LEB128, number of words that are as they were
 * changed := LEB128, number of words that follow, at least one
 * word    := 8 bytes, old XOR new
 * </pre>
 *
 * <p>A page that did not change is empty. Pure; lengths are multiples of eight bytes.
 */
final class XorRle {
    private XorRle() {}

    /**
     * Encodes the difference.
     *
     * @param before earlier version
     * @param now new version, as long; both are read from zero to their capacity
     * @param target is filled from zero
     * @return number of bytes, or -1 if the target is too small
     */
    static int encode(ByteBuffer before, ByteBuffer now, ByteBuffer target) {
        int length = now.capacity();
        int size = 0;
        int at = 0;
        while (true) {
            int sameFrom = at;
            while (at < length && before.getLong(at) == now.getLong(at)) {
                at += Long.BYTES;
            }
            if (at == length) {
                return size;
            }
            int changedFrom = at;
            while (at < length && before.getLong(at) != now.getLong(at)) {
                at += Long.BYTES;
            }
            int same = (changedFrom - sameFrom) / Long.BYTES;
            int changed = (at - changedFrom) / Long.BYTES;
            int needed = lebBytes(same) + lebBytes(changed) + changed * Long.BYTES;
            if (size + needed > target.capacity()) {
                return -1;
            }
            size = putLeb(target, size, same);
            size = putLeb(target, size, changed);
            for (int word = changedFrom; word < at; word += Long.BYTES) {
                target.putLong(size, before.getLong(word) ^ now.getLong(word));
                size += Long.BYTES;
            }
        }
    }

    /**
     * Turns the earlier version into the new one.
     *
     * @param encoded read from zero
     * @param size number of bytes of {@code encoded}
     * @param page earlier version, is changed
     * @throws IllegalArgumentException if the bytes do not follow the grammar, or reach beyond the page
     */
    static void decode(ByteBuffer encoded, int size, ByteBuffer page) {
        int at = 0;
        long word = 0;
        long words = page.capacity() / Long.BYTES;
        while (at < size) {
            int same = getLeb(encoded, at, size);
            at += lebBytes(same);
            int changed = getLeb(encoded, at, size);
            at += lebBytes(changed);
            if (changed == 0 || word + same + changed > words || at + (long) changed * Long.BYTES > size) {
                throw new IllegalArgumentException("run at=" + at + " same=" + same + " changed=" + changed + " word="
                        + word + " words=" + words + " size=" + size);
            }
            word += same;
            for (int i = 0; i < changed; i++) {
                int position = (int) word * Long.BYTES;
                page.putLong(position, page.getLong(position) ^ encoded.getLong(at));
                at += Long.BYTES;
                word++;
            }
        }
    }

    private static int lebBytes(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : 3;
    }

    private static int putLeb(ByteBuffer target, int at, int value) {
        int rest = value;
        int position = at;
        while (rest >= 1 << 7) {
            target.put(position++, (byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        target.put(position++, (byte) rest);
        return position;
    }

    /** Reads a number of at most three bytes in its shortest form. */
    private static int getLeb(ByteBuffer encoded, int at, int size) {
        int value = 0;
        for (int i = 0; i < 3 && at + i < size; i++) {
            int part = encoded.get(at + i);
            value |= (part & 0x7f) << (7 * i);
            if (part >= 0) {
                if (lebBytes(value) != i + 1) {
                    break;
                }
                return value;
            }
        }
        throw new IllegalArgumentException("no number at=" + at + " size=" + size);
    }
}
