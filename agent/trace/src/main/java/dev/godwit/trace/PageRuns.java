package dev.godwit.trace;

import java.util.Arrays;

/**
 * A set of pages as runs of consecutive page numbers, ordered and not touching.
 *
 * <p>Example: pages 5, 6, 7 and 9 are the runs (5, 3) and (9, 1).
 */
public final class PageRuns {
    private static final PageRuns EMPTY = new PageRuns(new long[0], new int[0], 0);

    private final long[] firsts;
    private final int[] counts;
    private final long pages;

    private PageRuns(long[] firsts, int[] counts, long pages) {
        this.firsts = firsts;
        this.counts = counts;
        this.pages = pages;
    }

    /** The empty set. */
    public static PageRuns empty() {
        return EMPTY;
    }

    /** Number of runs. */
    public int size() {
        return firsts.length;
    }

    /** First page number of a run. */
    public long first(int run) {
        return firsts[run];
    }

    /** Number of pages of a run, at least one. */
    public int count(int run) {
        return counts[run];
    }

    /** Number of pages of all runs. */
    public long pages() {
        return pages;
    }

    /** True if the page is in the set. Binary search. */
    public boolean contains(long page) {
        int at = Arrays.binarySearch(firsts, page);
        if (at >= 0) {
            return true;
        }
        int before = -at - 2;
        return before >= 0 && page < firsts[before] + counts[before];
    }

    /** Pages that are in this set or in the other. Linear in the number of runs, as are the next two. */
    public PageRuns union(PageRuns other) {
        Builder builder = new Builder();
        int mine = 0;
        int theirs = 0;
        long from = 0;
        long to = 0; // the run being joined is [from, to)
        while (mine < size() || theirs < other.size()) {
            boolean takeMine = theirs == other.size() || (mine < size() && firsts[mine] <= other.firsts[theirs]);
            long first = takeMine ? firsts[mine] : other.firsts[theirs];
            long end = takeMine ? end(mine++) : other.end(theirs++);
            if (first > to) {
                builder.addRange(from, to);
                from = first;
            }
            to = Math.max(to, end);
        }
        return builder.addRange(from, to).build();
    }

    /** Pages that are in both sets. */
    public PageRuns intersect(PageRuns other) {
        Builder builder = new Builder();
        int mine = 0;
        int theirs = 0;
        while (mine < size() && theirs < other.size()) {
            long end = end(mine);
            long otherEnd = other.end(theirs);
            builder.addRange(Math.max(firsts[mine], other.firsts[theirs]), Math.min(end, otherEnd));
            if (end <= otherEnd) {
                mine++;
            } else {
                theirs++;
            }
        }
        return builder.build();
    }

    /** Pages that are in this set and not in the other. */
    public PageRuns minus(PageRuns other) {
        Builder builder = new Builder();
        int theirs = 0;
        for (int mine = 0; mine < size(); mine++) {
            long from = firsts[mine];
            long to = end(mine);
            while (theirs < other.size() && other.end(theirs) <= from) {
                theirs++;
            }
            for (int cut = theirs; cut < other.size() && other.firsts[cut] < to; cut++) {
                builder.addRange(from, other.firsts[cut]);
                from = Math.max(from, other.end(cut));
            }
            builder.addRange(from, to);
        }
        return builder.build();
    }

    private long end(int run) {
        return firsts[run] + counts[run];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PageRuns that
                && Arrays.equals(firsts, that.firsts)
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(firsts) * 31 + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "PageRuns[runs=" + firsts.length + ", pages=" + pages + "]";
    }

    /** Collects runs in ascending order; runs that touch or overlap are joined. */
    public static final class Builder {
        private long[] firsts = new long[16];
        private int[] counts = new int[16];
        private int size;
        private long pages;

        /**
         * Adds a run.
         *
         * @throws IllegalArgumentException if the run is empty or negative, or begins before the last one added
         */
        public Builder add(long first, long count) {
            if (first < 0 || count <= 0 || (size > 0 && first < firsts[size - 1])) {
                throw new IllegalArgumentException("run first=" + first + " count=" + count + " after first="
                        + (size == 0 ? -1 : firsts[size - 1]));
            }
            long from = first;
            long left = count;
            if (size > 0) {
                long end = firsts[size - 1] + counts[size - 1];
                if (from <= end) {
                    long grow = Math.min(Math.max(0, from + left - end), Integer.MAX_VALUE - counts[size - 1]);
                    counts[size - 1] += (int) grow;
                    pages += grow;
                    left = from + left - (end + grow);
                    from = end + grow;
                }
            }
            while (left > 0) {
                int part = (int) Math.min(left, Integer.MAX_VALUE);
                append(from, part);
                from += part;
                left -= part;
            }
            return this;
        }

        /** Adds the pages from one to before the other, none if that is empty. */
        private Builder addRange(long from, long to) {
            return from < to ? add(from, to - from) : this;
        }

        private void append(long first, int count) {
            if (size == firsts.length) {
                firsts = Arrays.copyOf(firsts, size * 2);
                counts = Arrays.copyOf(counts, size * 2);
            }
            firsts[size] = first;
            counts[size] = count;
            size++;
            pages += count;
        }

        public PageRuns build() {
            return size == 0 ? EMPTY : new PageRuns(Arrays.copyOf(firsts, size), Arrays.copyOf(counts, size), pages);
        }
    }
}
