package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMaps;
import java.util.List;
import java.util.TreeSet;

/** Looks where a process has memory before it is migrated, and how much room its books need. */
final class ProcessSurvey {
    /** Room for what the process adds while it is migrated, beyond as much as it has: 1 GiB. */
    private static final long SPARE_PAGES = 1 << 18;

    private ProcessSurvey() {}

    /**
     * @param heap where it is reserved, in the order of addresses; empty if it is not known
     */
    static ProcessPages pagesOf(RunningProcess process, List<VmRanges.Range> heap) {
        TreeSet<Long> blocks = new TreeSet<>();
        for (ProcessMaps.Entry mapping : process.mappings()) {
            process.scanPresent(mapping, (start, end) -> {
                long last = (end - 1) >>> PageSize.shift();
                for (long page = start >>> PageSize.shift(); page <= last; page += ProcessPages.BLOCK_PAGES) {
                    blocks.add(page / ProcessPages.BLOCK_PAGES);
                }
                blocks.add(last / ProcessPages.BLOCK_PAGES);
            });
        }
        long heapStart = heap.isEmpty() ? 0 : heap.get(0).start();
        long heapEnd = heap.isEmpty() ? 0 : heap.get(heap.size() - 1).end();
        ProcessPages pages = new ProcessPages(
                heapStart >>> PageSize.shift(),
                (heapEnd - heapStart) >>> PageSize.shift(),
                2L * blocks.size() * ProcessPages.BLOCK_PAGES + SPARE_PAGES);
        for (long block : blocks) {
            int unused = pages.require(block * ProcessPages.BLOCK_PAGES);
        }
        return pages;
    }
}
