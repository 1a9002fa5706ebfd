package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.linux.guardian.SafetyCopy;
import java.nio.ByteBuffer;

/**
 * Reads pages out of the process as long as they are there, and behind the switch out of the safety copy: by then it is the
 * memory of the source.
 */
final class SavedPageEncoder implements PageEncoder {
    private final ProcessPageEncoder ofProcess;
    private final SafetyCopy copy;
    private final ProcessPages pages;
    private final PageBatch batch;
    private final int pageBytes;
    private boolean ahead;

    SavedPageEncoder(
            ProcessPageEncoder ofProcess, SafetyCopy copy, ProcessPages pages, PageBatch batch, int pageBytes) {
        this.ofProcess = ofProcess;
        this.copy = copy;
        this.pages = pages;
        this.batch = batch;
        this.pageBytes = pageBytes;
    }

    /** From now on the process has them no more. */
    void runAhead() {
        ahead = true;
    }

    @Override
    public void readAhead(int[] gfns, int count) {
        ofProcess.readAhead(gfns, count);
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        if (!ahead) {
            return ofProcess.encode(gfn, kindCode, zero);
        }
        ByteBuffer page = copy.pages(gfn, 1);
        if (isZero(page)) {
            batch.zero(pages.page(gfn), 1);
            return HEADER_BYTES + ZERO_BODY_BYTES;
        }
        batch.room().put(page);
        batch.raw(pages.page(gfn), 1);
        return HEADER_BYTES + pageBytes;
    }

    private boolean isZero(ByteBuffer page) {
        for (int at = 0; at < pageBytes; at += Long.BYTES) {
            if (page.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** True if the destination was given the page before the switch. */
    boolean wasSent(int gfn) {
        return ofProcess.wasSent(gfn);
    }

    @Override
    public int encodedBytes(boolean zero) {
        return ofProcess.encodedBytes(zero);
    }

    @Override
    public void endRound() {
        ofProcess.endRound();
    }
}
