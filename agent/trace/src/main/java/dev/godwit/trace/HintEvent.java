package dev.godwit.trace;

/**
 * What application code said through the hint API.
 *
 * @param timeNanos when the event happened, or the first of {@code count} events
 * @param type what was said
 * @param name name that the application gave
 * @param thread name of the calling thread, empty when it is not known
 * @param durationNanos {@code CRITICAL_CLOSE}: how long the section was open; {@code CRITICAL_BRIEF}: sum over all;
 *     {@code QUIET} and {@code BUSY}: how long the application expects to be, zero when it says that this is over; else
 *     zero
 * @param count how many events the record stands for, at least one
 */
public record HintEvent(long timeNanos, Type type, String name, String thread, long durationNanos, long count)
        implements TraceRecord {

    /** What was said. */
    public enum Type {
        CRITICAL_OPEN(1),
        CRITICAL_CLOSE(2),
        /** Sections that opened and closed within one reading of the recorder, summed up. */
        CRITICAL_BRIEF(3),
        SAFE_POINT(4),
        QUIET(5),
        /** Since version 2 of the format. */
        BUSY(6, 2);

        private final int code;
        private final int sinceVersion;

        Type(int code) {
            this(code, 1);
        }

        Type(int code, int sinceVersion) {
            this.code = code;
            this.sinceVersion = sinceVersion;
        }

        /** Code on disk, never zero. */
        public int code() {
            return code;
        }

        /** The first version of the format that has it. */
        int sinceVersion() {
            return sinceVersion;
        }
    }
}
