package dev.godwit.trace;

/** What a page of a guest holds, as fine as a migration cares. The first eleven are pages of the JVM. */
public enum MemoryKind {
    EDEN(1, "eden"),
    SURVIVOR(2, "survivor"),
    OLD(3, "old"),
    HUMONGOUS(4, "humongous"),
    /** Heap that holds no object: free regions, and what lies above a space's top. */
    HEAP_FREE(5, "heap-free"),
    ARCHIVE(6, "archive"),
    CODE_CACHE(7, "code-cache"),
    METASPACE(8, "metaspace"),
    STACK(9, "stack"),
    NATIVE(10, "native"),
    FILE_BACKED(11, "file-backed"),
    /** The kernel of the guest and its slabs. */
    KERNEL(12, "kernel"),
    PAGE_CACHE(13, "page-cache"),
    OTHER_PROCESSES(14, "other-processes"),
    /** Frames that the guest's kernel has free; a hypervisor that is told nothing cannot tell. */
    GUEST_FREE(15, "guest-free");

    private final int code;
    private final String label;

    MemoryKind(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** Code on disk, never zero. */
    public int code() {
        return code;
    }

    /** Name in tables and JSON: lower case, hyphens. */
    public String label() {
        return label;
    }

    /** True for pages of the recorded JVM, false for the rest of the guest. */
    public boolean isJvm() {
        return compareTo(FILE_BACKED) <= 0;
    }

    /** The kind of a page that lies in a heap space of the given kind and below its top. */
    public static MemoryKind of(SpaceKind space) {
        return switch (space) {
            case EDEN -> EDEN;
            case SURVIVOR -> SURVIVOR;
            case OLD -> OLD;
            case HUMONGOUS -> HUMONGOUS;
            case FREE -> HEAP_FREE;
            case ARCHIVE -> ARCHIVE;
        };
    }

    /** The kind of a page of a mapping outside the heap; {@link #HEAP_FREE} for a heap page in no space. */
    public static MemoryKind of(MappingKind mapping) {
        return switch (mapping) {
            case HEAP -> HEAP_FREE;
            case CODE_CACHE -> CODE_CACHE;
            case METASPACE -> METASPACE;
            case STACK -> STACK;
            case NATIVE -> NATIVE;
            case FILE -> FILE_BACKED;
        };
    }
}
