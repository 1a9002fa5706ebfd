package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what each mapping of the own process holds, from the ranges that the VM tells and the names that the kernel
 * gives. A mapping that holds several things is cut. Pages that the kernel lends, such as {@code [vdso]}, are left out.
 *
 * <p>Not thread-safe: used by the recorder thread only.
 */
public final class MappingClassifier {
    private static final String HEAP_FILE = "/memfd:java_heap";
    /** Guard zones of thread stacks: one page of the C library, or the zones of HotSpot. */
    private static final long LARGEST_GUARD_BYTES = 128 << 10;

    private static final long LARGEST_STACK_BYTES = 64 << 20;

    private final ProcessMaps maps = ProcessMaps.ofSelf();

    /**
     * Reads and classifies the mappings as they are now.
     *
     * @throws IOException if {@code /proc/self/maps} cannot be read or understood
     */
    public MemoryMap read(long timeNanos, VmRanges ranges) throws IOException {
        return new MemoryMap(timeNanos, classify(maps.read(), ranges));
    }

    /** Classifies mappings; they are ordered and do not overlap, and neither does the result. */
    static List<MemoryMap.Mapping> classify(List<ProcessMaps.Entry> entries, VmRanges ranges) {
        LabelledRanges labels = new LabelledRanges(ranges);
        List<MemoryMap.Mapping> mappings = new ArrayList<>(entries.size());
        ProcessMaps.Entry before = null;
        for (ProcessMaps.Entry entry : entries) {
            if (!entry.isKernelPage()) {
                MappingKind fallback = kindByName(entry, before);
                labels.cut(
                        entry.start(),
                        entry.end(),
                        (start, end, label) ->
                                mappings.add(piece(entry, start, end, label == null ? fallback : label)));
            }
            before = entry;
        }
        return mappings;
    }

    private static MemoryMap.Mapping piece(ProcessMaps.Entry entry, long start, long end, MappingKind kind) {
        boolean file = isFile(entry);
        return new MemoryMap.Mapping(
                start,
                end,
                kind,
                entry.permissions(),
                file ? entry.path() : "",
                file ? entry.offset() + (start - entry.start()) : 0);
    }

    private static MappingKind kindByName(ProcessMaps.Entry entry, ProcessMaps.Entry before) {
        if (entry.path().startsWith(HEAP_FILE)) {
            return MappingKind.HEAP;
        }
        if (entry.path().startsWith("[stack") || isBehindGuard(entry, before)) {
            return MappingKind.STACK;
        }
        return isFile(entry) ? MappingKind.FILE : MappingKind.NATIVE;
    }

    private static boolean isFile(ProcessMaps.Entry entry) {
        return !entry.path().isEmpty() && !entry.path().startsWith("[");
    }

    /**
     * Threads that run no Java code (collector, compiler) are not among the stacks that the VM tells. A stack is the
     * writable part right above a small guard; malloc arenas have what they keep in reserve above, not below.
     */
    private static boolean isBehindGuard(ProcessMaps.Entry entry, ProcessMaps.Entry before) {
        return before != null
                && before.end() == entry.start()
                && before.isNameless()
                && before.permissions().equals("---p")
                && before.end() - before.start() <= LARGEST_GUARD_BYTES
                && entry.isNameless()
                && entry.permissions().equals("rw-p")
                && entry.end() - entry.start() <= LARGEST_STACK_BYTES;
    }
}
