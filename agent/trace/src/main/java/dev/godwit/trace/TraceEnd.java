package dev.godwit.trace;

/**
 * The last record of a complete trace.
 *
 * @param timeNanos when the recording ended
 * @param records number of records before this one
 * @param reason why it ended
 */
public record TraceEnd(long timeNanos, long records, Reason reason) implements TraceRecord {

    /** Why a recording ended. */
    public enum Reason {
        /** The asked-for duration was over, or the recorder was told to stop. */
        COMPLETED(1),
        /** The recorded program ended first. */
        PROGRAM_ENDED(2),
        /** The disk was full, or the trace reached its largest size. */
        OUT_OF_SPACE(3),
        /** The recorder failed; a {@link Notice} before this record says how. */
        FAILED(4);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        /** Code on disk, never zero. */
        public int code() {
            return code;
        }
    }
}
