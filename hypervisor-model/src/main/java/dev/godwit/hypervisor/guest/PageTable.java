package dev.godwit.hypervisor.guest;

import dev.godwit.trace.PageRuns;
import java.util.Arrays;

/**
 * Every virtual page of the JVM that a trace names, numbered from zero in the order of addresses.
 *
 * <p>Example: pages 5, 6, 7 and 9 have the indices 0, 1, 2 and 3. Kept as runs: a few bytes for each run, nothing for
 * each page. Neighbouring pages have neighbouring indices, so a run of pages is a run of indices.
 */
public final class PageTable {
    private final long[] firsts;
    /** Index of the first page of each run; behind the last one, the number of pages. */
    private final int[] indices;

    private PageTable(long[] firsts, int[] indices) {
        this.firsts = firsts;
        this.indices = indices;
    }

    /** One run of pages: all that a heap may ever have. */
    public static PageTable ofRun(long firstPage, int count) {
        return new PageTable(new long[] {firstPage}, new int[] {0, count});
    }

    /** Number of pages. */
    public int size() {
        return indices[firsts.length];
    }

    /** Number of runs. */
    public int runs() {
        return firsts.length;
    }

    /** First page number of a run. */
    public long firstPage(int run) {
        return firsts[run];
    }

    /** Index of the first page of a run. */
    public int firstIndex(int run) {
        return indices[run];
    }

    /** Number of pages of a run. */
    public int count(int run) {
        return indices[run + 1] - indices[run];
    }

    /** Number of the page with an index. */
    public long page(int index) {
        int at = Arrays.binarySearch(indices, 0, firsts.length, index);
        int run = at >= 0 ? at : -at - 2;
        return firsts[run] + index - indices[run];
    }

    /** Index of a page, -1 if the trace never named it. */
    public int indexOf(long page) {
        int run = runAtOrBefore(page);
        return run < 0 || page >= firsts[run] + count(run) ? -1 : indices[run] + (int) (page - firsts[run]);
    }

    /** Index of the first page at or after the given one; {@link #size()} if there is none. */
    public int indexAtOrAfter(long page) {
        int run = runAtOrBefore(page);
        if (run < 0) {
            return 0;
        }
        return indices[run] + (int) Math.min(page - firsts[run], count(run));
    }

    private int runAtOrBefore(long page) {
        int at = Arrays.binarySearch(firsts, page);
        return at >= 0 ? at : -at - 2;
    }

    /** Collects pages, in any order. */
    static final class Builder {
        private PageRuns union = PageRuns.empty();

        /** Number of pages so far. */
        long pages() {
            return union.pages();
        }

        /** Adds pages. Cost: runs so far plus runs added. */
        void add(PageRuns added) {
            if (added.size() == 0) {
                return;
            }
            PageRuns.Builder merged = new PageRuns.Builder();
            int mine = 0;
            int theirs = 0;
            while (mine < union.size() || theirs < added.size()) {
                boolean takeMine =
                        theirs == added.size() || (mine < union.size() && union.first(mine) <= added.first(theirs));
                PageRuns from = takeMine ? union : added;
                int run = takeMine ? mine++ : theirs++;
                merged.add(from.first(run), from.count(run));
            }
            union = merged.build();
        }

        PageTable build() {
            long[] firsts = new long[union.size()];
            int[] indices = new int[union.size() + 1];
            for (int run = 0; run < firsts.length; run++) {
                firsts[run] = union.first(run);
                indices[run + 1] = Math.addExact(indices[run], union.count(run));
            }
            return new PageTable(firsts, indices);
        }
    }
}
