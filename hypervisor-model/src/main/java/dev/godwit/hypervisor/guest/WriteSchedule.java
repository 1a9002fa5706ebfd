package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * When each page of a stretch of time is written.
 *
 * <p>A trace says that a page was written within an interval, not when. The model writes it once, at a moment drawn
 * uniformly, with a resolution of 1/4096 of the interval. Pages are sorted by moment once (counting sort), so that
 * running through the interval costs one step for each page. Cost: five bytes for each page.
 */
final class WriteSchedule {
    static final int SLOTS = 4096;

    private final int[] indices;
    private final byte[] kindCodes;
    /** Position behind the last page of each slot. */
    private final int[] slotEnds;

    private final long nanos;

    /**
     * Draws the moments.
     *
     * @param written the pages
     * @param nanos length of the stretch, positive
     * @param random gives the moments
     */
    WriteSchedule(WrittenPages written, long nanos, SplittableRandom random) {
        this.nanos = nanos;
        int pages = written.pages();
        short[] slots = new short[pages];
        slotEnds = new int[SLOTS + 1];
        for (int i = 0; i < pages; i++) {
            int slot = random.nextInt() & (SLOTS - 1);
            slots[i] = (short) slot;
            slotEnds[slot + 1]++;
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            slotEnds[slot + 1] += slotEnds[slot];
        }
        indices = new int[pages];
        kindCodes = new byte[pages];
        int drawn = 0;
        for (int run = 0; run < written.runs(); run++) {
            int first = written.first(run);
            byte kind = written.kindCode(run);
            for (int i = 0; i < written.count(run); i++) {
                // Until all pages are placed, slotEnds[slot] is where the slot's next page goes.
                int place = slotEnds[slots[drawn++]]++;
                indices[place] = first + i;
                kindCodes[place] = kind;
            }
        }
    }

    private WriteSchedule(WriteSchedule whole, PageBitmap left) {
        nanos = whole.nanos;
        slotEnds = new int[SLOTS + 1];
        int[] kept = new int[whole.indices.length];
        byte[] keptKinds = new byte[kept.length];
        int size = 0;
        int slot = 0;
        for (int at = 0; at < kept.length; at++) {
            for (; whole.slotEnds[slot] <= at; slot++) {
                slotEnds[slot] = size;
            }
            if (!left.get(whole.indices[at])) {
                kept[size] = whole.indices[at];
                keptKinds[size++] = whole.kindCodes[at];
            }
        }
        Arrays.fill(slotEnds, slot, SLOTS + 1, size);
        indices = Arrays.copyOf(kept, size);
        kindCodes = Arrays.copyOf(keptKinds, size);
    }

    /** The same moments, but for the pages that are set: those are not written. */
    WriteSchedule without(PageBitmap pages) {
        return new WriteSchedule(this, pages);
    }

    /** Number of pages, in writing order, whose moment lies before an offset into the stretch. */
    int writtenBefore(long offsetNanos) {
        if (offsetNanos >= nanos) {
            return indices.length;
        }
        // Slot s is written at nanos * s / SLOTS: before the offset are the slots below offset * SLOTS / nanos.
        int slot = (int) Math.ceil((double) offsetNanos * SLOTS / nanos);
        return slot == 0 ? 0 : slotEnds[slot - 1];
    }

    /** Offset into the stretch at which the page at a position in writing order is written. */
    long momentOf(int position) {
        int low = 0;
        int high = SLOTS - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (slotEnds[middle] > position) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return (long) ((double) nanos * low / SLOTS);
    }

    /** Index of the page at a position in writing order. */
    int index(int position) {
        return indices[position];
    }

    byte kindCode(int position) {
        return kindCodes[position];
    }

    /** Length of the stretch. */
    long nanos() {
        return nanos;
    }
}
