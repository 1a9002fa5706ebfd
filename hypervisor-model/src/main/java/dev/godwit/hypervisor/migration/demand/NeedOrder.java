package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The order in which a JVM will need its pages: stacks, code, metaspace, native memory, survivors, old objects, then the
 * rest of the guest, Eden last, because what is alive there was collected away or dies soon.
 *
 * <p>A page's kind is what the agent's memory map and layout said when it was last written. A wrong kind costs time, no
 * more: it only moves a page in the order.
 */
final class NeedOrder {
    private static final List<MemoryKind> FIRST_TO_LAST = List.of(
            MemoryKind.STACK,
            MemoryKind.CODE_CACHE,
            MemoryKind.METASPACE,
            MemoryKind.NATIVE,
            MemoryKind.SURVIVOR,
            MemoryKind.OLD,
            MemoryKind.HUMONGOUS,
            MemoryKind.ARCHIVE,
            MemoryKind.FILE_BACKED,
            MemoryKind.KERNEL,
            MemoryKind.PAGE_CACHE,
            MemoryKind.OTHER_PROCESSES,
            MemoryKind.HEAP_FREE,
            MemoryKind.GUEST_FREE,
            MemoryKind.EDEN);

    private NeedOrder() {}

    /** The given pages, sorted by need and, within a kind, by frame. */
    static int[] of(GuestMemory memory, PageBitmap pages) {
        int[] rankByCode = ranks();
        int[] ends = new int[FIRST_TO_LAST.size() + 1];
        for (int gfn = pages.next(0); gfn >= 0; gfn = pages.next(gfn + 1)) {
            ends[rank(rankByCode, memory, gfn) + 1]++;
        }
        for (int rank = 0; rank < FIRST_TO_LAST.size(); rank++) {
            ends[rank + 1] += ends[rank];
        }
        int[] order = new int[ends[FIRST_TO_LAST.size()]];
        for (int gfn = pages.next(0); gfn >= 0; gfn = pages.next(gfn + 1)) {
            order[ends[rank(rankByCode, memory, gfn)]++] = gfn;
        }
        return order;
    }

    private static int rank(int[] rankByCode, GuestMemory memory, int gfn) {
        return rankByCode[PageContent.kindCode(memory.read(gfn))];
    }

    private static int[] ranks() {
        List<MemoryKind> left = new ArrayList<>(List.of(MemoryKind.values()));
        int[] rankByCode = new int[MemoryKind.values().length + 1];
        for (MemoryKind kind : FIRST_TO_LAST) {
            rankByCode[kind.code()] = FIRST_TO_LAST.indexOf(kind);
            left.remove(kind);
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException("kinds without a place in the order: " + left);
        }
        // Never written: as good as free.
        rankByCode[0] = FIRST_TO_LAST.indexOf(MemoryKind.GUEST_FREE);
        return rankByCode;
    }
}
