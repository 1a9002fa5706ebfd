package dev.godwit.trace;

import java.io.IOException;

/** A trace cannot be read. The message is one line: which trace, what is wrong, where, and what to do. */
public final class TraceFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    TraceFormatException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    TraceFormatException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What is wrong, for callers that map it to an exit code. */
    public Reason reason() {
        return reason;
    }

    /** What is wrong with a trace. */
    public enum Reason {
        /** It is missing, no directory, or a directory of something else. */
        NOT_A_TRACE,
        /** It was written by a later Godwit. */
        NEWER_VERSION,
        /** It stops before its end record. */
        CUT_OFF,
        /** It is whole in length but not in content. */
        CORRUPT,
        /** A record exceeds {@link TraceLimits}. */
        TOO_LARGE,
        /** The operating system would not let us read it. */
        UNREADABLE
    }
}
