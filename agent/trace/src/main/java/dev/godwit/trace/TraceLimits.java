package dev.godwit.trace;

/** Largest sizes in a trace: a writer stays within them, a reader refuses what exceeds them before it allocates. */
public final class TraceLimits {
    /**
     * Bytes of one record with its envelope. The densest page set that fits, every other page, covers 64 GiB of 4 KiB
     * pages.
     */
    public static final int MAX_RECORD_BYTES = 16 << 20;

    /** UTF-8 bytes of one string; a writer cuts a longer one and ends it with an ellipsis. */
    public static final int MAX_STRING_BYTES = 32 << 10;

    /** Arguments of the JVM in {@link JvmFacts}; a writer leaves out those behind. */
    public static final int MAX_ARGUMENTS = 4096;

    /** Mappings of a {@link MemoryMap}, well above the kernel's default {@code vm.max_map_count} of 65530. */
    public static final int MAX_MAPPINGS = 1 << 20;

    /** Spaces of a {@link HeapLayout}. */
    public static final int MAX_SPACES = 1 << 20;

    /** Largest page number: a 64-bit address space of 4 KiB pages. */
    public static final long MAX_PAGE = (1L << 52) - 1;

    private TraceLimits() {}
}
