package dev.godwit.linux.guardian;

import java.util.Arrays;

/**
 * Numbers the pages of some address ranges one behind the other. A span once added keeps its slots; spans do not overlap.
 *
 * <p>Example with pages of 4096 bytes: spans added in this order
 *
 * <pre>
 * 0x7000-0x9000   slots 0, 1
 * 0x1000-0x2000   slot  2       slotOf(0x8123) = 1, slotOf(0x1000) = 2, slotOf(0x3000) = -1
 * </pre>
 */
public final class AddressSpans {
    private final int pageShift;
    /** By address. */
    private long[] starts = new long[16];

    private long[] ends = new long[16];
    private int[] firstSlots = new int[16];
    /** By slot, the order in which they were added: index into those by address. */
    private int[] order = new int[16];

    private int count;
    private int slots;

    /**
     * @param pageShift number of bits of an address below the page number
     */
    public AddressSpans(int pageShift) {
        this.pageShift = pageShift;
    }

    /** Number of spans. */
    public int count() {
        return count;
    }

    /** Number of pages in all spans: slots go from zero to before this. */
    public int slots() {
        return slots;
    }

    /**
     * Adds a span.
     *
     * @return its first slot
     * @throws IllegalArgumentException if it is empty, not of whole pages, or overlaps another one
     */
    public int add(long start, long end) {
        long mask = (1L << pageShift) - 1;
        if (start < 0 || end <= start || ((start | end) & mask) != 0) {
            throw new IllegalArgumentException("span " + text(start, end) + " is not of whole pages");
        }
        int at = upper(start);
        if ((at > 0 && ends[at - 1] > start) || (at < count && starts[at] < end)) {
            throw new IllegalArgumentException("span " + text(start, end) + " overlaps another one");
        }
        int first = slots;
        slots = Math.toIntExact(slots + ((end - start) >>> pageShift));
        insert(at, start, end, first);
        return first;
    }

    private void insert(int at, long start, long end, int first) {
        if (count == starts.length) {
            int size = count * 2;
            starts = Arrays.copyOf(starts, size);
            ends = Arrays.copyOf(ends, size);
            firstSlots = Arrays.copyOf(firstSlots, size);
            order = Arrays.copyOf(order, size);
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(ends, at, ends, at + 1, count - at);
        System.arraycopy(firstSlots, at, firstSlots, at + 1, count - at);
        for (int i = 0; i < count; i++) {
            if (order[i] >= at) {
                order[i]++;
            }
        }
        starts[at] = start;
        ends[at] = end;
        firstSlots[at] = first;
        order[count++] = at;
    }

    /** Slot of the page that an address is in, or -1 if it is in no span. */
    public int slotOf(long address) {
        int at = upper(address) - 1;
        if (at < 0 || address >= ends[at]) {
            return -1;
        }
        return firstSlots[at] + (int) ((address - starts[at]) >>> pageShift);
    }

    /** First address of the page with a slot. */
    public long addressOf(int slot) {
        int at = spanOfSlot(slot);
        return starts[at] + ((long) (slot - firstSlots[at]) << pageShift);
    }

    /** Slot behind the last one of the span that a slot is in: up to there addresses go on without a gap. */
    public int spanEndSlot(int slot) {
        int at = spanOfSlot(slot);
        return firstSlots[at] + (int) ((ends[at] - starts[at]) >>> pageShift);
    }

    /** Start of the first span that ends above an address, or that address if it is inside; -1 if there is none. */
    public long nextAddress(long address) {
        int at = upper(address) - 1;
        if (at >= 0 && address < ends[at]) {
            return address;
        }
        return at + 1 < count ? starts[at + 1] : -1;
    }

    /** Address behind the span that an address is in. */
    public long spanEnd(long address) {
        int at = upper(address) - 1;
        if (at < 0 || address >= ends[at]) {
            throw new IllegalArgumentException("address=0x" + Long.toHexString(address) + " is in no span");
        }
        return ends[at];
    }

    /** First address of a span, by the order in which they were added. */
    public long start(int index) {
        return starts[order[index]];
    }

    /** Address behind a span, by the order in which they were added. */
    public long end(int index) {
        return ends[order[index]];
    }

    private int spanOfSlot(int slot) {
        if (slot < 0 || slot >= slots) {
            throw new IllegalArgumentException("slot=" + slot + " of " + slots);
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstSlots[order[middle]] <= slot) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return order[low];
    }

    /** Number of spans that begin at or below an address. */
    private int upper(long address) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static String text(long start, long end) {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end);
    }
}
