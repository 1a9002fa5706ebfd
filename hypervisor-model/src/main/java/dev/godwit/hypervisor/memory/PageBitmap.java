package dev.godwit.hypervisor.memory;

import java.util.Arrays;

/** One bit for each page of a guest. Cost: pages / 8 bytes; a scan looks at 64 pages at a time. */
public final class PageBitmap {
    private final int pages;
    private final long[] words;

    public PageBitmap(int pages) {
        this.pages = pages;
        this.words = new long[(pages + 63) >>> 6];
    }

    /** Number of pages, set or not. */
    public int pages() {
        return pages;
    }

    public boolean get(int page) {
        return (words[page >>> 6] & 1L << page) != 0;
    }

    public void set(int page) {
        words[page >>> 6] |= 1L << page;
    }

    public void clear(int page) {
        words[page >>> 6] &= ~(1L << page);
    }

    public void clear() {
        Arrays.fill(words, 0);
    }

    public void setAll() {
        Arrays.fill(words, -1L);
        if ((pages & 63) != 0) {
            words[words.length - 1] = (1L << pages) - 1;
        }
    }

    /** Another bitmap with the same pages. */
    public PageBitmap copy() {
        PageBitmap copy = new PageBitmap(pages);
        System.arraycopy(words, 0, copy.words, 0, words.length);
        return copy;
    }

    /** Number of pages set. */
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** First page set from {@code from} on, -1 if there is none. */
    public int next(int from) {
        if (from >= pages) {
            return -1;
        }
        int at = from >>> 6;
        long word = words[at] & -1L << from;
        while (word == 0) {
            if (++at == words.length) {
                return -1;
            }
            word = words[at];
        }
        return (at << 6) + Long.numberOfTrailingZeros(word);
    }

    /** Last page set up to {@code from}, -1 if there is none. */
    public int previous(int from) {
        if (from < 0) {
            return -1;
        }
        int at = from >>> 6;
        long word = words[at] & -1L >>> (63 - (from & 63));
        while (word == 0) {
            if (--at < 0) {
                return -1;
            }
            word = words[at];
        }
        return (at << 6) + 63 - Long.numberOfLeadingZeros(word);
    }

    /** Clears the pages that are set in another bitmap of the same size. */
    void removeAll(PageBitmap others) {
        for (int i = 0; i < words.length; i++) {
            words[i] &= ~others.words[i];
        }
    }

    /**
     * Adds these pages to another bitmap of the same size and clears them here.
     *
     * @return number of pages moved
     */
    int moveTo(PageBitmap into) {
        int moved = 0;
        for (int i = 0; i < words.length; i++) {
            long word = words[i];
            if (word != 0) {
                moved += Long.bitCount(word);
                into.words[i] |= word;
                words[i] = 0;
            }
        }
        return moved;
    }
}
