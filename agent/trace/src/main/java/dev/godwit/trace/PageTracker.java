package dev.godwit.trace;

/** How the recorder learned which pages were written. */
public enum PageTracker {
    /** userfaultfd write-protection in asynchronous mode, read by {@code PAGEMAP_SCAN}: exact. */
    USERFAULTFD_WP_ASYNC(1, "userfaultfd write-protect"),
    /** Each page hashed every interval: misses a page written back to the content it had. */
    HASH_COMPARE(2, "hash comparison"),
    /** No pages were tracked. */
    NONE(3, "none");

    private final int code;
    private final String displayName;

    PageTracker(int code, String displayName) {
        this.code = code;
        this.displayName = displayName;
    }

    /** Code on disk, never zero. */
    public int code() {
        return code;
    }

    /** Name for people. */
    public String displayName() {
        return displayName;
    }
}
