package dev.godwit.trace;

/**
 * Memory outside the heap about whose content the application said something. Holds from its time on until a record of the
 * same range says {@link Kind#WITHDRAWN}. Since version 2 of the format.
 *
 * <p>Ranges are as the application gave them, not aligned to pages: only pages that lie wholly inside may be treated so.
 *
 * @param timeNanos when the recorder learned of it
 * @param kind what was said
 * @param start first address
 * @param end address behind the last byte, larger than {@code start}
 * @param file {@code REFETCHABLE}: absolute path of the file that holds the same bytes; else empty
 * @param fileOffset {@code REFETCHABLE}: where in the file the bytes of {@code start} are; else zero
 */
public record DeclaredMemory(long timeNanos, Kind kind, long start, long end, String file, long fileOffset)
        implements TraceRecord {

    /** What was said. */
    public enum Kind {
        /** The content may be lost: the application makes it again. */
        DISCARDABLE(1),
        /** The content can be read from a file. */
        REFETCHABLE(2),
        /** Neither holds any longer. */
        WITHDRAWN(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** Code on disk, never zero. */
        public int code() {
            return code;
        }
    }
}
