package dev.godwit.agent.heap;

import java.util.List;

/**
 * Address ranges that the JVM uses for a purpose. A list is empty when the VM does not tell.
 *
 * @param heap reserved heap
 * @param codeCache reserved code cache, all segments
 * @param metaspace class space, non-class metaspace, and the class-data-sharing archive
 * @param stacks stacks of threads that run Java code
 */
public record VmRanges(List<Range> heap, List<Range> codeCache, List<Range> metaspace, List<Range> stacks) {

    public VmRanges {
        heap = List.copyOf(heap);
        codeCache = List.copyOf(codeCache);
        metaspace = List.copyOf(metaspace);
        stacks = List.copyOf(stacks);
    }

    /** Nothing known. */
    public static VmRanges unknown() {
        return new VmRanges(List.of(), List.of(), List.of(), List.of());
    }

    /**
     * Addresses from {@code start} to before {@code end}.
     *
     * @param start first address
     * @param end address behind the last one
     */
    public record Range(long start, long end) {}
}
