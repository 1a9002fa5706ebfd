package dev.godwit.trace;

/** What a heap region (G1) or space (Parallel, Serial) is used for. */
public enum SpaceKind {
    EDEN(1),
    SURVIVOR(2),
    OLD(3),
    /** A G1 region of an object larger than half a region. */
    HUMONGOUS(4),
    /** A G1 region that holds nothing, or the idle survivor space of Parallel and Serial. */
    FREE(5),
    /** Objects of the class-data-sharing archive. */
    ARCHIVE(6);

    private final int code;

    SpaceKind(int code) {
        this.code = code;
    }

    /** Code on disk, never zero. */
    public int code() {
        return code;
    }

    /** True for spaces that the next young collection empties: Eden and survivors. */
    public boolean isYoung() {
        return this == EDEN || this == SURVIVOR;
    }
}
