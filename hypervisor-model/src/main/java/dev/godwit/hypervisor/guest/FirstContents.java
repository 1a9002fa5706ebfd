package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import java.util.function.IntPredicate;

/**
 * What the memory of a replayed guest holds when it begins.
 *
 * @param run that is replayed
 * @param frames where its pages lie
 * @param processAlone true if there is nothing around the process, so that what it does not have nobody has
 */
record FirstContents(RecordedRun run, GuestFrames frames, boolean processAlone) {

    /**
     * Fills a memory.
     *
     * @param position where the replay begins
     * @param isZero draws whether a page of a kind holds zeros
     */
    void fill(GuestMemory memory, TracePosition position, IntPredicate isZero) {
        PageBitmap present = PresentPages.before(run, position.interval());
        if (processAlone) {
            run.mapAt(position.traceNanos()).ifPresent(map -> clearWhatStays(map, present));
        }
        WrittenPages held = run.heldAt(position.traceNanos());
        for (int r = 0; r < held.runs(); r++) {
            for (int i = 0; i < held.count(r); i++) {
                int index = held.first(r) + i;
                int kindCode = present.get(index) ? held.kindCode(r) : MemoryKind.GUEST_FREE.code();
                int gfn = frames.frameOf(index);
                if (processAlone && !present.get(index)) {
                    memory.balloon().inflate(gfn);
                    continue;
                }
                memory.receive(gfn, PageContent.first(gfn, PageContent.kind(kindCode), isZero.test(kindCode)));
            }
        }
        for (int gfn = 0; gfn < frames.pages(); gfn++) {
            if (frames.jvmIndex(gfn) < 0) {
                memory.receive(gfn, PageContent.first(gfn, frames.kindOutsideJvm(gfn), false));
            }
        }
    }

    /** Of a process that is migrated alone these pages are not sent: the other host has the files, or nobody can read them. */
    private void clearWhatStays(MemoryMap map, PageBitmap present) {
        int pageSize = run.facts().pageSizeBytes();
        for (MemoryMap.Mapping mapping : map.mappings()) {
            if (stays(mapping)) {
                int end = run.pages().indexAtOrAfter(mapping.end() / pageSize);
                for (int page = run.pages().indexAtOrAfter(mapping.start() / pageSize); page < end; page++) {
                    present.clear(page);
                }
            }
        }
    }

    /** Programs and libraries, shared files, and what is not readable; {@code RunningProcess} leaves out the same. */
    private static boolean stays(MemoryMap.Mapping mapping) {
        String permissions = mapping.permissions();
        boolean program = !mapping.file().isEmpty() && permissions.contains("x");
        return program || !permissions.startsWith("r") || !permissions.endsWith("p");
    }
}
