package dev.godwit.trace;

/** The garbage collector of the recorded JVM. */
public enum Collector {
    SERIAL(1, "Serial"),
    PARALLEL(2, "Parallel"),
    G1(3, "G1"),
    /** A collector whose heap layout is not exported (ZGC, Shenandoah, Epsilon) or a VM that is not HotSpot. */
    OTHER(4, "other");

    private final int code;
    private final String displayName;

    Collector(int code, String displayName) {
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
