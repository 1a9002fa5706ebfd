package dev.godwit.linux.guardian;

import dev.godwit.linux.RemoteUserfaultfd;
import java.util.Arrays;

/**
 * Pages that were still to be brought when the process moved them to other addresses ({@code mremap(2)}), with these
 * addresses. There are few and they do not stay long: a list that is searched from front to back.
 */
final class MovedPages {
    private int[] slots = new int[64];
    private long[] addresses = new long[64];
    private int count;
    private final MovedRanges ranges = new MovedRanges();

    int count() {
        return count;
    }

    void add(int slot, long address) {
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, count * 2);
            addresses = Arrays.copyOf(addresses, count * 2);
        }
        slots[count] = slot;
        addresses[count++] = address;
    }

    int slot(int index) {
        return slots[index];
    }

    long address(int index) {
        return addresses[index];
    }

    /** Index of the page at an address, or -1. */
    int find(long address) {
        for (int i = 0; i < count; i++) {
            if (addresses[i] == address) {
                return i;
            }
        }
        return -1;
    }

    void remove(int index) {
        count--;
        slots[index] = slots[count];
        addresses[index] = addresses[count];
    }

    /** Removes the pages of a range, and gives their number. */
    int removeRange(long start, long end) {
        int before = count;
        for (int i = count - 1; i >= 0; i--) {
            if (addresses[i] >= start && addresses[i] < end) {
                remove(i);
            }
        }
        return before - count;
    }

    /** Moves the pages of a range on; all of it is to count as written where it is now. */
    void moveRange(long from, long to, long bytes) {
        ranges.add(to, to + bytes);
        for (int i = 0; i < count; i++) {
            long offset = addresses[i] - from;
            if (offset >= 0 && offset < bytes) {
                addresses[i] = to + offset;
            }
        }
    }

    /** True if a range does not count as written yet. */
    boolean hasRanges() {
        return ranges.count() > 0;
    }

    /** Has the ranges count as written, as far as no event has to be read before. */
    void countAsWritten(RemoteUserfaultfd fault) {
        ranges.countAsWritten(fault);
    }
}
