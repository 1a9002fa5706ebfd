package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.RunningJvmAgent;
import dev.godwit.hypervisor.hint.HeapMap;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.WireEncoding;
import java.util.Optional;

/**
 * What the application's words about its buffers spared the link.
 *
 * @param discarded pages that lay wholly in buffers which it had declared discardable, and still had when it stood: dropped
 * @param refetched pages that the destination read from a file instead, each found equal to the program's before; one
 *     that was read twice, because it was written in between, counts twice
 */
public record DeclaredPages(long discarded, long refetched) {
    /** Nothing was said, or nothing came of it. */
    public static final DeclaredPages NONE = new DeclaredPages(0, 0);

    /** @param dropped pages that the destination was not given */
    static DeclaredPages of(Optional<RunningJvmAgent> jvm, PageBitmap dropped, PageCounts carried) {
        long discarded = jvm.map(told -> countIn(dropped, HeapMap.discardable(told.frames(), told.declaredAtStop())))
                .orElse(0L);
        return new DeclaredPages(discarded, carried.pages(WireEncoding.STORED));
    }

    private static long countIn(PageBitmap dropped, PageBitmap discardable) {
        long count = 0;
        for (int gfn = discardable.pages() == 0 ? -1 : discardable.next(0); gfn >= 0; gfn = discardable.next(gfn + 1)) {
            count += dropped.get(gfn) ? 1 : 0;
        }
        return count;
    }
}
