package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Says of what kind the pages of an interval are, by the memory map and the heap layouts that were read in it.
 *
 * <p>The newest layout decides. Where it says free, an older one of the interval may say what the page was when it was
 * written: a collection at the end of an interval empties Eden, and yet it was Eden that was written.
 *
 * <p>A page that holds the top of a space counts as used. A page in no mapping, which was mapped after the map was
 * read, counts as {@link MemoryKind#NATIVE}: new mappings of a JVM mostly are.
 */
final class PageKinds {
    /** More collections than this in one interval, and the oldest layouts are forgotten. */
    private static final int MOST_LAYOUTS = 8;

    private final int pageSizeBytes;
    /** Of the interval, newest first; the last one was in force when the interval began. */
    private final Deque<HeapLayout> layouts = new ArrayDeque<>();

    private MemoryMap map;
    private List<List<Segment>> generations = List.of(List.of());
    private boolean stale;

    PageKinds(int pageSizeBytes) {
        this.pageSizeBytes = pageSizeBytes;
    }

    void update(HeapLayout newest) {
        layouts.addFirst(newest);
        if (layouts.size() > MOST_LAYOUTS) {
            layouts.removeLast();
        }
        stale = true;
    }

    void update(MemoryMap newest) {
        map = newest;
        stale = true;
    }

    /** A new interval begins, with the newest layout in force. */
    void startInterval() {
        while (layouts.size() > 1) {
            layouts.removeLast();
            stale = true;
        }
    }

    /** Adds the number of pages of each kind to {@code counts}, indexed by {@link MemoryKind#code()}. */
    void count(PageRuns pages, long[] counts) {
        if (stale) {
            generations = layouts.isEmpty()
                    ? List.of(segments(null))
                    : layouts.stream().map(this::segments).toList();
            stale = false;
        }
        for (int run = 0; run < pages.size(); run++) {
            count(0, pages.first(run), pages.first(run) + pages.count(run), counts);
        }
    }

    private void count(int generation, long first, long end, long[] counts) {
        List<Segment> segments = generations.get(generation);
        int at = firstEndingBehind(segments, first);
        for (long page = first; page < end; ) {
            Segment segment = at < segments.size() ? segments.get(at) : null;
            boolean inside = segment != null && segment.first() <= page;
            long until = segment == null ? end : Math.min(end, inside ? segment.end() : segment.first());
            MemoryKind kind = inside ? segment.kind() : generation > 0 ? MemoryKind.HEAP_FREE : MemoryKind.NATIVE;
            if (kind == MemoryKind.HEAP_FREE && generation + 1 < generations.size()) {
                count(generation + 1, page, until, counts);
            } else {
                counts[kind.code()] += until - page;
            }
            page = until;
            at += inside ? 1 : 0;
        }
    }

    private static int firstEndingBehind(List<Segment> segments, long page) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).end() <= page) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Spaces of the heap, and between them the mappings; ordered and disjoint. */
    private List<Segment> segments(HeapLayout layout) {
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
