package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryMap;
import java.util.List;
import java.util.Optional;

/**
 * Which pages of a replayed guest are the same on storage as in memory when the replay begins.
 *
 * <ul>
 *   <li>The guest's page cache. How much of it was dirty is not recorded; none is taken to be.
 *   <li>Files that the JVM has mapped, executable and read-only or shared: what it has mapped privately and could write may
 *       be a copy of its own.
 *   <li>Ranges that the user declares to be a buffer pool.
 *   <li>Buffers that the application says a file holds, unless written after it said so.
 * </ul>
 *
 * <p>Of the JVM's pages only those that no interval of the trace before that moment has written.
 */
public final class StoredPages {
    private final RecordedRun run;
    private final GuestFrames frames;
    private final long startNanos;
    private final PageBitmap stored;

    /**
     * Addresses of the JVM.
     *
     * @param start first one
     * @param end the one behind the last
     */
    public record Range(long start, long end) {
        /** @throws IllegalArgumentException if it is empty or negative; the message is one line for the user */
        public Range {
            if (start < 0 || end <= start) {
                throw new IllegalArgumentException(String.format(
                        "range 0x%x-0x%x: give a first address and a larger one behind the last", start, end));
            }
        }
    }

    private StoredPages(RecordedRun run, GuestFrames frames, long startNanos) {
        this.run = run;
        this.frames = frames;
        this.startNanos = startNanos;
        this.stored = new PageBitmap(frames.pages());
    }

    /**
     * Finds them.
     *
     * @param startNanos trace time at which the replay begins
     * @param declared what holds copies of a database's blocks
     */
    public static PageBitmap of(RecordedRun run, GuestFrames frames, long startNanos, List<Range> declared) {
        StoredPages pages = new StoredPages(run, frames, startNanos);
        Optional<MemoryMap> map = run.mapAt(startNanos);
        map.ifPresent(read -> read.mappings().stream()
                .filter(StoredPages::isCleanFile)
                .forEach(mapping -> pages.set(mapping.start(), mapping.end())));
        declared.forEach(range -> pages.set(range.start, range.end));
        pages.clearWritten(pages.stored, 0);
        run.declaredAt(startNanos).stream()
                .filter(each -> each.kind() == DeclaredMemory.Kind.REFETCHABLE)
                .forEach(pages::setRefetchable);
        for (int i = 0; i < frames.pageCachePages(); i++) {
            pages.stored.set(frames.pageCacheFirst() + i);
        }
        return pages.stored;
    }

    /** How many pages that the trace names lie in a range. */
    public static int pagesIn(RecordedRun run, Range range) {
        int pageSize = run.facts().pageSizeBytes();
        return run.pages().indexAtOrAfter(range.end / pageSize)
                - run.pages().indexAtOrAfter((range.start + pageSize - 1) / pageSize);
    }

    private static boolean isCleanFile(MemoryMap.Mapping mapping) {
        boolean unwritable =
                mapping.permissions().startsWith("r-x") || mapping.permissions().endsWith("s");
        boolean onDisk = mapping.file().startsWith("/")
                && !mapping.file().startsWith("/dev/")
                && !mapping.file().startsWith("/memfd:")
                && !mapping.file().endsWith(" (deleted)");
        return mapping.kind() == MappingKind.FILE && unwritable && onDisk;
    }

    private void setRefetchable(DeclaredMemory said) {
        PageBitmap pages = new PageBitmap(frames.pages());
        set(pages, said.start(), said.end());
        clearWritten(pages, said.timeNanos());
        for (int gfn = pages.next(0); gfn >= 0; gfn = pages.next(gfn + 1)) {
            stored.set(gfn);
        }
    }

    private void set(long start, long end) {
        set(stored, start, end);
    }

    /** Pages that lie in a range with all their bytes. */
    private void set(PageBitmap into, long start, long end) {
        int pageSize = run.facts().pageSizeBytes();
        int first = run.pages().indexAtOrAfter((start + pageSize - 1) / pageSize);
        int behind = run.pages().indexAtOrAfter(end / pageSize);
        for (int index = first; index < behind; index++) {
            into.set(frames.frameOf(index));
        }
    }

    /** Pages that were written between a moment and the beginning of the replay. */
    private void clearWritten(PageBitmap from, long sinceNanos) {
        for (Interval interval : run.intervals()) {
            if (interval.fromNanos() < startNanos && interval.toNanos() > sinceNanos) {
                WrittenPages written = interval.written();
                for (int r = 0; r < written.runs(); r++) {
                    for (int i = 0; i < written.count(r); i++) {
                        from.clear(frames.frameOf(written.first(r) + i));
                    }
                }
            }
        }
    }
}
