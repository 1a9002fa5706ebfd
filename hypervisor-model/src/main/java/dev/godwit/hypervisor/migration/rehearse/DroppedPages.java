package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import java.nio.ByteBuffer;

/**
 * Overwrites in a stopped program what the destination was not given: then it runs on with what the destination has. If
 * anything of it was still needed, the program would notice.
 */
final class DroppedPages {
    /** Neither a pointer that a JVM could follow, nor a likely length. */
    private static final long POISON = 0xDEAD_60D0_DEAD_60D1L;

    private static final int CHUNK_PAGES = 256;

    private DroppedPages() {}

    /** Returns how many pages were overwritten. */
    static long overwrite(RunningProcess process, ProcessPages pages, PageBitmap dropped, boolean poison) {
        long chunkBytes = (long) CHUNK_PAGES * PageSize.bytes();
        long overwritten = 0;
        try (NativeBuffer fill = NativeBuffer.shared(chunkBytes)) {
            ByteBuffer bytes = fill.slice(0, (int) chunkBytes);
            while (poison && bytes.hasRemaining()) {
                bytes.putLong(POISON);
            }
            for (int gfn = dropped.next(0); gfn >= 0; ) {
                int end = gfn + 1;
                while (end - gfn < CHUNK_PAGES
                        && end < dropped.pages()
                        && dropped.get(end)
                        && pages.page(end) == pages.page(end - 1) + 1) {
                    end++;
                }
                long length = (long) (end - gfn) * PageSize.bytes();
                long written = process.memory().write(pages.page(gfn) << PageSize.shift(), fill.address(), length);
                overwritten += written / PageSize.bytes();
                gfn = dropped.next(end);
            }
        }
        return overwritten;
    }
}
