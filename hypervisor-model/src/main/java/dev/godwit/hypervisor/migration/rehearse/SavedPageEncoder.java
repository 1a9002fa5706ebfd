package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.linux.guardian.SafetyCopy;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads pages out of the process as long as they are there, and behind the switch out of the safety copy: by then it is the
 * memory of the source.
 */
final class SavedPageEncoder implements PageEncoder {
    private final ProcessPageEncoder ofProcess;
    private final SafetyCopy copy;
    private final int pageBytes;
    private boolean ahead;

    SavedPageEncoder(ProcessPageEncoder ofProcess, SafetyCopy copy, int pageBytes) {
        this.ofProcess = ofProcess;
        this.copy = copy;
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
        return ofProcess.encodeRead(gfn, isZero(page) ? null : page);
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
    public boolean isSelective() {
        return ofProcess.isSelective();
    }

    @Override
    public double expectedBytes(int gfn, int kindCode, boolean zero) {
        return ofProcess.expectedBytes(gfn, kindCode, zero);
    }

    @Override
    public Optional<EncodingReport> report() {
        return ofProcess.report();
    }

    @Override
    public void endRound() {
        ofProcess.endRound();
    }
}
