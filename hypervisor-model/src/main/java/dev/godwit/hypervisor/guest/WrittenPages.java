package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.trace.MemoryKind;
import java.util.Arrays;

/** A set of pages of a {@link PageTable} as runs of indices, each run of one kind of memory. */
final class WrittenPages {
    private final int[] firsts;
    private final int[] counts;
    private final byte[] kindCodes;
    private final int pages;

    private WrittenPages(int[] firsts, int[] counts, byte[] kindCodes, int pages) {
        this.firsts = firsts;
        this.counts = counts;
        this.kindCodes = kindCodes;
        this.pages = pages;
    }

    int runs() {
        return firsts.length;
    }

    /** Index of the first page of a run. */
    int first(int run) {
        return firsts[run];
    }

    int count(int run) {
        return counts[run];
    }

    /** {@link MemoryKind#code()} of what was written. */
    byte kindCode(int run) {
        return kindCodes[run];
    }

    int pages() {
        return pages;
    }

    /** Sets them. */
    void addTo(PageBitmap set) {
        for (int run = 0; run < firsts.length; run++) {
            for (int page = firsts[run]; page < firsts[run] + counts[run]; page++) {
                set.set(page);
            }
        }
    }

    static final class Builder {
        private int[] firsts = new int[16];
        private int[] counts = new int[16];
        private byte[] kindCodes = new byte[16];
        private int size;
        private int pages;

        void add(int first, int count, byte kindCode) {
            if (count <= 0) {
                return;
            }
            pages += count;
            if (size > 0 && kindCodes[size - 1] == kindCode && firsts[size - 1] + counts[size - 1] == first) {
                counts[size - 1] += count;
                return;
            }
            if (size == firsts.length) {
                firsts = Arrays.copyOf(firsts, size * 2);
                counts = Arrays.copyOf(counts, size * 2);
                kindCodes = Arrays.copyOf(kindCodes, size * 2);
            }
            firsts[size] = first;
            counts[size] = count;
            kindCodes[size] = kindCode;
            size++;
        }

        WrittenPages build() {
            return new WrittenPages(
                    Arrays.copyOf(firsts, size), Arrays.copyOf(counts, size), Arrays.copyOf(kindCodes, size), pages);
        }
    }
}
