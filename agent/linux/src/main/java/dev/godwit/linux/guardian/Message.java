package dev.godwit.linux.guardian;

/**
 * What the controller and the guardian say to each other, through the guardian's standard input and output: 32 bytes in
 * native byte order, so that a pipe takes each whole or not at all.
 *
 * <pre>
 *  0      4          8          16         24         32
 *  | type | sequence | first    | second   | third    |
 * </pre>
 *
 * A command that has an answer gets {@link #DONE} or {@link #FAILED} with its sequence number; a failure is followed by
 * {@code first} bytes of text in UTF-8.
 */
final class Message {
    static final int BYTES = 32;
    static final int TYPE = 0;
    static final int SEQUENCE = 4;
    static final int FIRST = 8;
    static final int SECOND = 16;
    static final int THIRD = 24;

    /** Longest text behind a failure; with the message it is less than what a pipe takes whole, 4096 bytes. */
    static final int TEXT_LIMIT = 1024;

    /** Make a userfaultfd; first: 1 for missing pages too, 0 for tracking alone. Answer: its number in the guardian. */
    static final int OPEN = 1;
    /**
     * Stop the process; first: limit in nanoseconds until it stands, second: until it goes on by itself. Answer: number
     * of threads, nanoseconds.
     */
    static final int PAUSE = 2;
    /** Let the process go on. Answer: pages brought before, nanoseconds; fails if it went on by itself before. */
    static final int RESUME = 3;
    /** Drop the pages of the lists; first: 1 if they are to come back tracked. Answer: nanoseconds to register, to drop. */
    static final int DROP = 4;
    /** Pages arrived; first: slot, second: number of pages. No answer. */
    static final int ARRIVED = 5;
    /** Nothing will arrive any more: bring all from the copy. No answer. */
    static final int ABANDON = 6;
    /** Undo everything and end. Answer when done. */
    static final int RELEASE = 7;
    /** How long a page may be waited for; first: nanoseconds. No answer. */
    static final int DEADLINE = 8;

    /** Give the pages of the list back for good, they are zeros then. Answer: nanoseconds. */
    static final int EMPTY = 10;
    /** There are urgent slots in the shared memory. No answer. */
    static final int URGENT = 9;

    /** Guardian is ready. */
    static final int READY = 64;

    static final int DONE = 65;
    static final int FAILED = 66;
    /** A thread of the process waits for a page; first: its slot. */
    static final int REQUEST = 67;
    /** Every page has been brought. */
    static final int FINISHED = 68;
    /** The process has ended. */
    static final int GONE = 69;

    private Message() {}
}
