package dev.godwit.trace;

import dev.godwit.trace.PayloadReader.BadPayloadException;

/**
 * Codes the spaces of a heap. Most regions of G1 follow each other, are of one size, and are full or empty: those take
 * one byte.
 *
 * <pre>
 * spaces = count:varint space*
 * space  = flags:u8 [gap:varint] [size:varint] [used:varint]
 *
 *    7   6   5   4   3   2   1   0
 *  +-------+---+---+---------------+
 *  | fill  | S | G |     kind      |
 *  +-------+---+---+---------------+
 * </pre>
 *
 * <ul>
 *   <li>kind: code of {@link SpaceKind}
 *   <li>G: {@code gap} follows, bytes between the end of the previous space (address zero for the first) and this bottom;
 *       else zero
 *   <li>S: {@code size} follows, bytes from bottom to end; else that of the previous space, zero for the first
 *   <li>fill: 0 empty (top is bottom), 1 full (top is end), 2 {@code used} follows, bytes from bottom to top
 * </ul>
 */
final class HeapLayoutCodec {
    private static final int KIND_MASK = 0x0F;
    private static final int GAP_FLAG = 0x10;
    private static final int SIZE_FLAG = 0x20;
    private static final int FILL_SHIFT = 6;
    private static final int EMPTY = 0;
    private static final int FULL = 1;
    private static final int PARTLY = 2;

    private HeapLayoutCodec() {}

    static void encode(HeapLayout layout, PayloadWriter out) {
        out.putVarint(layout.size());
        long previousEnd = 0;
        long previousSize = 0;
        for (int i = 0; i < layout.size(); i++) {
            long gap = layout.bottom(i) - previousEnd;
            long size = layout.end(i) - layout.bottom(i);
            long used = layout.top(i) - layout.bottom(i);
            int fill = used == 0 ? EMPTY : used == size ? FULL : PARTLY;
            out.putByte(layout.kind(i).code()
                    | (gap != 0 ? GAP_FLAG : 0)
                    | (size != previousSize ? SIZE_FLAG : 0)
                    | fill << FILL_SHIFT);
            if (gap != 0) {
                out.putVarint(gap);
            }
            if (size != previousSize) {
                out.putVarint(size);
            }
            if (fill == PARTLY) {
                out.putVarint(used);
            }
            previousEnd = layout.end(i);
            previousSize = size;
        }
    }

    static HeapLayout decode(long timeNanos, long epoch, PayloadReader in) {
        int count = in.takeCount("spaces", TraceLimits.MAX_SPACES, 1);
        SpaceKind[] kinds = new SpaceKind[count];
        long[] bottoms = new long[count];
        long[] tops = new long[count];
        long[] ends = new long[count];
        long end = 0;
        long size = 0;
        for (int i = 0; i < count; i++) {
            int flags = in.takeByte("space flags");
            kinds[i] = Codes.find(SpaceKind.values(), SpaceKind::code, flags & KIND_MASK, "space kind");
            long gap = (flags & GAP_FLAG) != 0 ? in.takeVarint("space gap") : 0;
            size = (flags & SIZE_FLAG) != 0 ? in.takeVarint("space size") : size;
            if (gap > Long.MAX_VALUE - end || size > Long.MAX_VALUE - end - gap) {
                throw new BadPayloadException("space " + i + " lies beyond the address space");
            }
            bottoms[i] = end + gap;
            end = bottoms[i] + size;
            ends[i] = end;
            tops[i] = bottoms[i] + used(flags >> FILL_SHIFT, size, i, in);
        }
        return new HeapLayout(timeNanos, epoch, kinds, bottoms, tops, ends);
    }

    private static long used(int fill, long size, int space, PayloadReader in) {
        if (fill == EMPTY) {
            return 0;
        }
        if (fill == FULL) {
            return size;
        }
        long used = fill == PARTLY ? in.takeVarint("space used") : -1;
        if (used <= 0 || used >= size) {
            throw new BadPayloadException("space " + space + " fill=" + fill + " used=" + used + " size=" + size);
        }
        return used;
    }
}
