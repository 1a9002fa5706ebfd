package dev.godwit.trace;

/** What a mapping of the recorded process holds. */
public enum MappingKind {
    HEAP(1),
    CODE_CACHE(2),
    METASPACE(3),
    STACK(4),
    /** Private anonymous memory that is none of the others: malloc arenas, card tables, compiler arenas. */
    NATIVE(5),
    FILE(6);

    private final int code;

    MappingKind(int code) {
        this.code = code;
    }

    /** Code on disk, never zero. */
    public int code() {
        return code;
    }
}
