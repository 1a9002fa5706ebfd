package dev.godwit.agent.pages;

import dev.godwit.linux.PageSize;
import dev.godwit.linux.RangeSink;
import dev.godwit.trace.PageRuns;
import java.util.Arrays;

/**
 * A set of addresses as ascending ranges that neither overlap nor touch. Cleared and filled again for each scan, so that
 * a scan makes few objects in the heap that it watches.
 *
 * <p>Example: [0x1000, 0x3000) and [0x3000, 0x4000) added one after the other are one range [0x1000, 0x4000).
 */
final class AddressRanges implements RangeSink {
    private long[] bounds = new long[64];
    private int size;

    /** Number of ranges. */
    int size() {
        return size;
    }

    long start(int index) {
        return bounds[2 * index];
    }

    long end(int index) {
        return bounds[2 * index + 1];
    }

    /** Number of bytes in the set. */
    long bytes() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += end(i) - start(i);
        }
        return sum;
    }

    void clear() {
        size = 0;
    }

    /**
     * Adds a range; it is joined with the last one if they touch or overlap.
     *
     * @throws IllegalArgumentException if it is empty, or begins before the last one
     */
    void add(long start, long end) {
        if (start >= end || (size > 0 && start < start(size - 1))) {
            throw new IllegalArgumentException(
                    "range start=0x" + Long.toHexString(start) + " end=0x" + Long.toHexString(end) + " behind start=0x"
                            + (size > 0 ? Long.toHexString(start(size - 1)) : "0"));
        }
        if (size > 0 && start <= end(size - 1)) {
            bounds[2 * size - 1] = Math.max(end(size - 1), end);
            return;
        }
        if (2 * size == bounds.length) {
            bounds = Arrays.copyOf(bounds, bounds.length * 2);
        }
        bounds[2 * size] = start;
        bounds[2 * size + 1] = end;
        size++;
    }

    @Override
    public void range(long start, long end) {
        add(start, end);
    }

    /** True if the address is in the set. Binary search. */
    boolean contains(long address) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < size && start(low) <= address;
    }

    /** Address of the page at an index, counting all pages of the set from zero. */
    long page(long index) {
        long left = index << PageSize.shift();
        for (int i = 0; i < size; i++) {
            long bytes = end(i) - start(i);
            if (left < bytes) {
                return start(i) + left;
            }
            left -= bytes;
        }
        throw new IndexOutOfBoundsException("page " + index + " of " + (bytes() >>> PageSize.shift()));
    }

    /** Replaces this set by another. */
    void setCopy(AddressRanges other) {
        bounds = other.bounds.clone();
        size = other.size;
    }

    /** Replaces this set by what is in {@code all} but not in {@code without}. */
    void setDifference(AddressRanges all, AddressRanges without) {
        clear();
        int w = 0;
        for (int i = 0; i < all.size; i++) {
            long from = all.start(i);
            while (w < without.size && without.end(w) <= from) {
                w++;
            }
            for (int k = w; k < without.size && without.start(k) < all.end(i); k++) {
                if (without.start(k) > from) {
                    add(from, without.start(k));
                }
                from = Math.max(from, without.end(k));
            }
            if (from < all.end(i)) {
                add(from, all.end(i));
            }
        }
    }

    /** Replaces this set by what is in both. */
    void setIntersection(AddressRanges left, AddressRanges right) {
        clear();
        int l = 0;
        int r = 0;
        while (l < left.size && r < right.size) {
            long from = Math.max(left.start(l), right.start(r));
            long to = Math.min(left.end(l), right.end(r));
            if (from < to) {
                add(from, to);
            }
            if (left.end(l) < right.end(r)) {
                l++;
            } else {
                r++;
            }
        }
    }

    /** Replaces this set by what is in either. */
    void setUnion(AddressRanges left, AddressRanges right) {
        clear();
        int l = 0;
        int r = 0;
        while (l < left.size || r < right.size) {
            boolean takeLeft = r == right.size || (l < left.size && left.start(l) <= right.start(r));
            if (takeLeft) {
                add(left.start(l), left.end(l));
                l++;
            } else {
                add(right.start(r), right.end(r));
                r++;
            }
        }
    }

    /** The pages of the set; the bounds are page boundaries. */
    PageRuns toPageRuns() {
        PageRuns.Builder runs = new PageRuns.Builder();
        int shift = PageSize.shift();
        for (int i = 0; i < size; i++) {
            runs.add(start(i) >>> shift, (end(i) - start(i)) >>> shift);
        }
        return runs.build();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "0x" : ", 0x")
                    .append(Long.toHexString(start(i)))
                    .append("-0x");
            text.append(Long.toHexString(end(i)));
        }
        return text.append(']').toString();
    }
}
