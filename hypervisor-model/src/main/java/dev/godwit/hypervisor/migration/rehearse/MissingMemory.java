package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.RemoteWrites;
import dev.godwit.linux.guardian.Guardian;
import dev.godwit.linux.guardian.SafetyCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** Takes pages away from a stopped process, as a migration to another machine does. */
final class MissingMemory {
    private long[] starts = new long[1024];
    private long[] ends = new long[1024];
    private int runs;
    private long pages;

    private MissingMemory() {}

    /** Those of the pages that can be taken away: private memory of no file, in the order of addresses. */
    static MissingMemory of(RunningProcess process, ProcessPages pages, IntPredicate missing) {
        MissingMemory memory = new MissingMemory();
        for (ProcessMaps.Entry mapping : process.mappings()) {
            if (RemoteWrites.isTracked(mapping)) {
                memory.addFrom(mapping, pages, missing);
            }
        }
        return memory;
    }

    private void addFrom(ProcessMaps.Entry mapping, ProcessPages pages, IntPredicate missing) {
        long end = mapping.end() >>> PageSize.shift();
        for (long page = mapping.start() >>> PageSize.shift(); page < end; ) {
            long blockEnd = Math.min(end, (page | (ProcessPages.BLOCK_PAGES - 1)) + 1);
            int gfn = pages.gfnOf(page);
            for (; gfn >= 0 && page < blockEnd; page++, gfn++) {
                if (missing.test(gfn)) {
                    add(page << PageSize.shift());
                }
            }
            page = blockEnd;
        }
    }

    private void add(long address) {
        if (runs > 0 && ends[runs - 1] == address) {
            ends[runs - 1] += PageSize.bytes();
        } else {
            if (runs == SafetyCopy.RANGE_LIMIT) {
                return;
            }
            if (runs == starts.length) {
                starts = Arrays.copyOf(starts, runs * 2);
                ends = Arrays.copyOf(ends, runs * 2);
            }
            starts[runs] = address;
            ends[runs++] = address + PageSize.bytes();
        }
        pages++;
    }

    /** Number of pages. */
    long pages() {
        return pages;
    }

    /** Takes them away; they come back by the guardian. */
    Guardian.Dropped takeFrom(Guardian guardian, boolean tracked) throws IOException {
        return guardian.drop(starts, ends, runs, tracked);
    }

    /** Makes them zeros. */
    void empty(Guardian guardian) {
        if (runs > 0) {
            long unused = guardian.empty(starts, ends, runs);
        }
    }

    /** Frames as runs of pages, in the order of addresses. */
    static List<PageRun> runs(ProcessPages pages, IntPredicate which) {
        long[] blocks = new long[pages.given() / ProcessPages.BLOCK_PAGES];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = pages.page(i * ProcessPages.BLOCK_PAGES);
        }
        Arrays.sort(blocks);
        List<PageRun> runs = new ArrayList<>();
        long first = 0;
        int count = 0;
        for (long block : blocks) {
            int gfn = pages.gfnOf(block);
            for (int i = 0; i < ProcessPages.BLOCK_PAGES; i++) {
                if (!which.test(gfn + i)) {
                    continue;
                }
                if (count > 0 && first + count == block + i) {
                    count++;
                } else {
                    if (count > 0) {
                        runs.add(new PageRun(first, count));
                    }
                    first = block + i;
                    count = 1;
                }
            }
        }
        if (count > 0) {
            runs.add(new PageRun(first, count));
        }
        return runs;
    }
}
