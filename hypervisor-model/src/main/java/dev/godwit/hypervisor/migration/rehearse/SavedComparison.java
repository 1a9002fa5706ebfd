package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.guardian.SafetyCopy;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/**
 * What became of comparing what was saved of the program at the pause with what the destination holds and gave back.
 *
 * @param hashed pages whose hashes were compared at the destination
 * @param different of them
 * @param returned pages that came back over the link and were compared byte for byte
 * @param due pages that should have
 */
record SavedComparison(long hashed, long different, long returned, long due) {
    static final SavedComparison NONE = new SavedComparison(0, 0, 0, 0);

    private static final int BATCH_PAGES = 256;

    /** @param had pages that the program had at the pause and that the destination was to get */
    static SavedComparison make(
            SafetyCopy copy, ProcessPages pages, SourceStream stream, IntPredicate had, long returned, long due) {
        PageHash hash = new PageHash();
        for (PageRun run : MissingMemory.runs(pages, had)) {
            for (long page = run.first(); page < run.end(); page += BATCH_PAGES) {
                long[] hashes = new long[(int) Math.min(BATCH_PAGES, run.end() - page)];
                for (int i = 0; i < hashes.length; i++) {
                    ByteBuffer saved = copy.pages(pages.gfnOf(page + i), 1);
                    hashes[i] = hash.of(saved.limit(PageSize.bytes()));
                }
                stream.hashes(page, hashes);
            }
        }
        ControlRecord.Verified verified = stream.complete();
        return new SavedComparison(verified.pages(), verified.different(), returned, due);
    }

    boolean isEqual() {
        return hashed > 0 && different == 0 && returned == due;
    }

    /** One line. */
    String text() {
        return hashed + " pages as they were at the pause compared by hash with those at the destination, " + different
                + " differ; " + returned + " of " + due + " came back over the link, compared byte for byte, 0 differ";
    }
}
