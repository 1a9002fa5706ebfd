package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.page.ForwardingEncoder;
import dev.godwit.linux.guardian.SafetyCopy;
import java.nio.ByteBuffer;

/**
 * Reads pages out of the process as long as they are there, and behind the switch out of the safety copy: by then it is the
 * memory of the source.
 */
final class SavedPageEncoder extends ForwardingEncoder {
    private final ProcessPageEncoder ofProcess;
    private final SafetyCopy copy;
    private final int pageBytes;
    private boolean ahead;

    SavedPageEncoder(ProcessPageEncoder ofProcess, SafetyCopy copy, int pageBytes) {
        super(ofProcess);
        this.ofProcess = ofProcess;
        this.copy = copy;
        this.pageBytes = pageBytes;
    }

    /** From now on the process has them no more. */
    void runAhead() {
        ahead = true;
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        if (!ahead) {
            return super.encode(gfn, kindCode, zero);
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
}
