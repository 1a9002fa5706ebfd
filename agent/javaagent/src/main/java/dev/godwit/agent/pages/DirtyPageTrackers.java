package dev.godwit.agent.pages;

import dev.godwit.linux.NativeAccessException;
import dev.godwit.linux.SystemCallException;

/** Opens the best tracker that the kernel and the rights allow. */
public final class DirtyPageTrackers {
    /** 16 GiB of pages of 4 KiB: 64 MiB of hashes, taken as they are needed. */
    private static final int MOST_HASHED_PAGES = 4 << 20;

    private DirtyPageTrackers() {}

    /**
     * A tracker, and why it is not a better one.
     *
     * @param tracker to be closed by the caller
     * @param reason one line; empty if it is the best kind
     */
    public record Choice(DirtyPageTracker tracker, String reason) {}

    /**
     * Write-protection where it works, else comparison of hashes, else a tracker of kind
     * {@link dev.godwit.trace.PageTracker#NONE} that reports nothing. Never throws.
     */
    public static Choice best() {
        String reason;
        try {
            return new Choice(WriteProtectTracker.open(), "");
        } catch (SystemCallException | NativeAccessException | IllegalStateException refused) {
            reason = "no write-protection tracking (Linux 6.7 or later has it): " + refused.getMessage();
        } catch (LinkageError broken) {
            return none("native access is not possible: " + broken);
        }
        try {
            return new Choice(HashTracker.open(MOST_HASHED_PAGES), reason + "; pages are compared by hash instead");
        } catch (SystemCallException | NativeAccessException refused) {
            return none(reason + "; no comparison by hash either: " + refused.getMessage());
        }
    }

    private static Choice none(String reason) {
        return new Choice(new NoTracker(reason), reason);
    }
}
