package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.guardian.SafetyCopy;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/**
 * Looks whether the safety copy is what the stopped program has, before pages are taken away: of all that follows, nothing
 * else would notice that the copy is behind, and the program would run on with old pages.
 *
 * <p>It compares one page in {@value #ONE_IN}, another one each time, about 8 ms for each GiB of the program. A tracker that
 * misses writes misses many.
 */
final class CopyCheck {
    private static final int ONE_IN = 16;
    private static final int BATCH_PAGES = 256;

    private final RunningProcess process;
    private final ProcessPages pages;
    private final SafetyCopy copy;
    private final int[] gfns = new int[BATCH_PAGES];
    private final long[] starts = new long[BATCH_PAGES];
    private final long[] ends = new long[BATCH_PAGES];
    private int batch;

    CopyCheck(RunningProcess process, ProcessPages pages, SafetyCopy copy) {
        this.process = process;
        this.pages = pages;
        this.copy = copy;
    }

    /**
     * Compares some of those pages.
     *
     * @param saved frames that the process has, and that were saved since it stopped, or not written since they were
     * @return number of pages that were compared
     * @throws IllegalStateException if one differs; nothing has happened to the process
     */
    int run(IntPredicate saved) {
        int looked = 0;
        int turn = (int) (WallClock.nanos() & (ONE_IN - 1));
        try (NativeBuffer now = NativeBuffer.shared((long) BATCH_PAGES << PageSize.shift())) {
            for (int gfn = 0; gfn < pages.given(); gfn++) {
                if (!saved.test(gfn) || ++turn % ONE_IN != 0) {
                    continue;
                }
                add(gfn);
                looked++;
                if (batch == BATCH_PAGES) {
                    compare(now);
                }
            }
            compare(now);
        }
        return looked;
    }

    private void add(int gfn) {
        gfns[batch] = gfn;
        starts[batch] = pages.page(gfn) << PageSize.shift();
        ends[batch] = starts[batch] + PageSize.bytes();
        batch++;
    }

    private void compare(NativeBuffer now) {
        long unused = process.memory().gather(starts, ends, batch, now.address(), (start, end) -> {
            throw new IllegalStateException("pages at 0x" + Long.toHexString(start) + " cannot be read");
        });
        for (int i = 0; i < batch; i++) {
            ByteBuffer page = now.slice((long) i << PageSize.shift(), PageSize.bytes());
            if (page.mismatch(copy.pages(gfns[i], 1)) >= 0) {
                throw new IllegalStateException("the safety copy of the page at 0x" + Long.toHexString(starts[i])
                        + " is not what the program has there: nothing was taken away from it. Please report this");
            }
        }
        batch = 0;
    }
}
