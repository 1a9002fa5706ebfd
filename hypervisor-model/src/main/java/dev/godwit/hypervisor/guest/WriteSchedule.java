package dev.godwit.hypervisor.guest;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * When each page of an interval is written.
 *
 * <p>A trace says that a page was written within an interval, not when. The model writes it once, at a moment drawn
 * uniformly, with a resolution of 1/4096 of the interval. Pages are sorted by moment once (counting sort), so that
 * running through the interval costs one step for each page. Buffers are reused from one interval to the next.
 */
final class WriteSchedule {
    private static final int SLOTS = 4096;

    private int[] indices = new int[0];
    private byte[] kindCodes = new byte[0];
    private short[] slots = new short[0];
    /** Where each slot begins in {@link #indices}; while filling, where its next page goes. */
    private final int[] slotEnds = new int[SLOTS + 1];

    private long nanos;
    private int pages;
    private int at;

    /** Takes the pages of one stretch of time and draws their moments. */
    void load(WrittenPages written, long lengthNanos, SplittableRandom random) {
        nanos = lengthNanos;
        pages = written.pages();
        at = 0;
        if (slots.length < pages) {
            slots = new short[pages];
            indices = new int[pages];
            kindCodes = new byte[pages];
        }
        Arrays.fill(slotEnds, 0);
        for (int i = 0; i < pages; i++) {
            int slot = random.nextInt() & (SLOTS - 1);
            slots[i] = (short) slot;
            slotEnds[slot + 1]++;
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            slotEnds[slot + 1] += slotEnds[slot];
        }
        int drawn = 0;
        for (int run = 0; run < written.runs(); run++) {
            int first = written.first(run);
            byte kind = written.kindCode(run);
            for (int i = 0; i < written.count(run); i++) {
                // slotEnds[slot] is where the slot's next page goes; when all are placed it is the slot's end.
                int place = slotEnds[slots[drawn++]]++;
                indices[place] = first + i;
                kindCodes[place] = kind;
            }
        }
    }

    /** Leaves out what would have been written before a moment. */
    void skipTo(long offsetNanos) {
        at = writtenBefore(offsetNanos);
    }

    /** Number of pages, in writing order, whose moment lies before an offset into the stretch. */
    int writtenBefore(long offsetNanos) {
        if (offsetNanos >= nanos) {
            return pages;
        }
        // Slot s is written at nanos * s / SLOTS: before the offset are the slots below offset * SLOTS / nanos.
        int slot = (int) Math.ceil((double) offsetNanos * SLOTS / nanos);
        return slot == 0 ? 0 : slotEnds[slot - 1];
    }

    /** Position of the next page to write. */
    int at() {
        return at;
    }

    /** Marks all pages before a position as written. */
    void advanceTo(int position) {
        at = Math.max(at, position);
    }

    /** Index of the page at a position in writing order. */
    int index(int position) {
        return indices[position];
    }

    byte kindCode(int position) {
        return kindCodes[position];
    }

    long nanos() {
        return nanos;
    }
}
