package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import java.util.ArrayList;
import java.util.List;

/**
 * Says of what kind the pages of a set are, by the newest memory map and heap layout.
 *
 * <p>A page that holds the top of a space counts as used. A page in no mapping, which was mapped after the map was
 * read, counts as {@link MemoryKind#NATIVE}: new mappings of a JVM mostly are.
 */
final class PageKinds {
    private final int pageSizeBytes;
    private HeapLayout layout;
    private MemoryMap map;
    private List<Segment> segments = List.of();
    private boolean stale;

    PageKinds(int pageSizeBytes) {
        this.pageSizeBytes = pageSizeBytes;
    }

    void update(HeapLayout newest) {
        layout = newest;
        stale = true;
    }

    void update(MemoryMap newest) {
        map = newest;
        stale = true;
    }

    /** Adds the number of pages of each kind to {@code counts}, indexed by {@link MemoryKind#code()}. */
    void count(PageRuns pages, long[] counts) {
        if (stale) {
            segments = segments();
            stale = false;
        }
        int at = 0;
        for (int run = 0; run < pages.size(); run++) {
            long page = pages.first(run);
            long end = page + pages.count(run);
            while (page < end) {
                while (at < segments.size() && segments.get(at).end() <= page) {
                    at++;
                }
                Segment segment = at < segments.size() ? segments.get(at) : null;
                boolean inside = segment != null && segment.first() <= page;
                long until = segment == null ? end : Math.min(end, inside ? segment.end() : segment.first());
                counts[(inside ? segment.kind() : MemoryKind.NATIVE).code()] += until - page;
                page = until;
            }
        }
    }

    /** Spaces of the heap, and between them the mappings; ordered and disjoint. */
    private List<Segment> segments() {
        List<Segment> heap = new ArrayList<>();
        for (int i = 0; layout != null && i < layout.size(); i++) {
            long bottom = layout.bottom(i) / pageSizeBytes;
            long top = roundUp(layout.top(i));
            long end = Math.max(top, layout.end(i) / pageSizeBytes);
            add(heap, bottom, top, MemoryKind.of(layout.kind(i)));
            add(heap, top, end, MemoryKind.HEAP_FREE);
        }
        List<Segment> merged = new ArrayList<>();
        int next = 0;
        for (int i = 0; map != null && i < map.mappings().size(); i++) {
            MemoryMap.Mapping mapping = map.mappings().get(i);
            MemoryKind kind = MemoryKind.of(mapping.kind());
            long page = mapping.start() / pageSizeBytes;
            long end = roundUp(mapping.end());
            while (next < heap.size() && heap.get(next).first() < end) {
                Segment space = heap.get(next++);
                add(merged, page, space.first(), kind);
                add(merged, space.first(), space.end(), space.kind());
                page = Math.max(page, space.end());
            }
            add(merged, page, end, kind);
        }
        for (; next < heap.size(); next++) {
            add(
                    merged,
                    heap.get(next).first(),
                    heap.get(next).end(),
                    heap.get(next).kind());
        }
        return merged;
    }

    /** Adds what lies behind the last segment, if anything does. */
    private static void add(List<Segment> segments, long first, long end, MemoryKind kind) {
        long from = segments.isEmpty()
                ? first
                : Math.max(first, segments.get(segments.size() - 1).end());
        if (from < end) {
            segments.add(new Segment(from, end, kind));
        }
    }

    private long roundUp(long address) {
        return address / pageSizeBytes + (address % pageSizeBytes == 0 ? 0 : 1);
    }

    /** Pages from {@code first} to before {@code end}. */
    private record Segment(long first, long end, MemoryKind kind) {}
}
