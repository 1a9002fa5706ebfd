package dev.godwit.linux.guardian;

/** What the guardian knows of a page, one byte in shared memory. */
public final class PageState {
    /** Nothing to bring: the page was never dropped, or was given back by the process; it reads as zeros if missing. */
    public static final byte NOTHING = 0;
    /** Dropped; its content is in the copy, and is to be brought. */
    public static final byte TO_DO = 1;
    /** As {@link #TO_DO}, and the controller was asked for it. */
    public static final byte ASKED = 2;
    /** Brought. */
    public static final byte PLACED = 3;

    private PageState() {}
}
