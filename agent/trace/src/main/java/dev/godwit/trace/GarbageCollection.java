package dev.godwit.trace;

/**
 * A garbage collection, as the JVM's management bean reported it.
 *
 * @param timeNanos when it began
 * @param durationNanos how long it took; resolution one millisecond unless the source is finer
 * @param epoch collections completed when it had ended
 * @param type what was collected
 * @param collectorName name of the management bean, such as {@code G1 Young Generation}
 * @param action such as {@code end of minor GC}
 * @param cause such as {@code G1 Evacuation Pause}
 * @param requested true if the agent asked for it
 * @param edenBeforeBytes Eden in use before
 * @param survivorBeforeBytes survivors before
 * @param survivorAfterBytes survivors after
 * @param oldBeforeBytes old generation (with humongous) in use before
 * @param oldAfterBytes old generation (with humongous) in use after
 */
public record GarbageCollection(
        long timeNanos,
        long durationNanos,
        long epoch,
        Type type,
        String collectorName,
        String action,
        String cause,
        boolean requested,
        long edenBeforeBytes,
        long survivorBeforeBytes,
        long survivorAfterBytes,
        long oldBeforeBytes,
        long oldAfterBytes)
        implements TraceRecord {

    /** What was collected. */
    public enum Type {
        /** Young generation, or young and some old regions (G1 mixed). */
        YOUNG(1),
        /** The whole heap. */
        FULL(2),
        /** A pause of a concurrent cycle, or anything else that leaves the young generation alone. */
        OTHER(3);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** Code on disk, never zero. */
        public int code() {
            return code;
        }
    }
}
