package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.SpaceKind;
import java.util.List;
import java.util.Optional;

/**
 * Enters into the books of a stopped JVM which kind of memory its pages are, so that they can be sent in the order in which it
 * needs them. What is not known is native memory.
 */
final class KindsOfMemory {
    private final ProcessPages pages;
    private final GuestMemory memory;

    KindsOfMemory(ProcessPages pages, GuestMemory memory) {
        this.pages = pages;
        this.memory = memory;
    }

    /** @param layout of the heap as it stands; empty if it cannot be told */
    void enter(VmRanges ranges, Optional<HeapLayout> layout) {
        enter(ranges.metaspace(), MemoryKind.METASPACE);
        enter(ranges.codeCache(), MemoryKind.CODE_CACHE);
        enter(ranges.stacks(), MemoryKind.STACK);
        layout.ifPresent(this::enter);
    }

    private void enter(HeapLayout layout) {
        for (int i = 0; i < layout.size(); i++) {
            enter(layout.bottom(i), layout.end(i), kindOf(layout.kind(i)));
        }
    }

    private static MemoryKind kindOf(SpaceKind space) {
        return switch (space) {
            case EDEN -> MemoryKind.EDEN;
            case SURVIVOR -> MemoryKind.SURVIVOR;
            case OLD -> MemoryKind.OLD;
            case HUMONGOUS -> MemoryKind.HUMONGOUS;
            case ARCHIVE -> MemoryKind.ARCHIVE;
            case FREE -> MemoryKind.HEAP_FREE;
        };
    }

    private void enter(List<VmRanges.Range> ranges, MemoryKind kind) {
        ranges.forEach(range -> enter(range.start(), range.end(), kind));
    }

    private void enter(long start, long end, MemoryKind kind) {
        long behind = PageSize.roundUp(end) >>> PageSize.shift();
        for (long page = start >>> PageSize.shift(); page < behind; ) {
            long blockEnd = Math.min(behind, (page | (ProcessPages.BLOCK_PAGES - 1)) + 1);
            int gfn = pages.gfnOf(page);
            for (; gfn >= 0 && page < blockEnd; page++, gfn++) {
                if (!memory.balloon().holds(gfn)) {
                    memory.receive(gfn, PageContent.first(gfn, kind, false));
                }
            }
            page = blockEnd;
        }
    }
}
