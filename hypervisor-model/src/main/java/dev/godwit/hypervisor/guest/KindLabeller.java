package dev.godwit.hypervisor.guest;

import dev.godwit.trace.Collector;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageRuns;
import java.util.List;

/**
 * Says which kind of memory recorded pages belong to. A page belongs where its first byte does.
 *
 * <p>A written page is what it was <em>written as</em>: a trace knows layouts at moments only, and memory that is free in
 * all of them around a write was allocated, filled and left dead between two collections. Such a page counts as Eden
 * with G1, whose free regions become Eden, and as survivor with Parallel and Serial, whose only free space is the idle
 * survivor space.
 */
final class KindLabeller {
    private final PageTable table;
    private final int pageSizeBytes;
    private final Collector collector;
    private final List<HeapLayout> layouts;
    private final List<MemoryMap> maps;

    KindLabeller(
            PageTable table, int pageSizeBytes, Collector collector, List<HeapLayout> layouts, List<MemoryMap> maps) {
        this.table = table;
        this.pageSizeBytes = pageSizeBytes;
        this.collector = collector;
        this.layouts = layouts;
        this.maps = maps;
    }

    /** The pages that an interval wrote, as runs of one kind. */
    WrittenPages written(DirtyPages interval) {
        WrittenPages.Builder labelled = new WrittenPages.Builder();
        int last = Times.lastAtOrBefore(layouts, interval.timeNanos());
        int first = Math.max(0, Times.lastAtOrBefore(layouts, interval.fromNanos()));
        int next = Math.min(layouts.size() - 1, last + 1);
        MemoryMap map = mapAt(interval.timeNanos());
        PageRuns written = interval.written();
        for (int run = 0; run < written.size(); run++) {
            long page = written.first(run);
            long end = page + written.count(run);
            while (page < end) {
                long address = page * pageSizeBytes;
                MemoryKind kind = MemoryKind.HEAP_FREE;
                long boundary = Long.MAX_VALUE;
                for (int i = first; i >= 0 && i <= next; i = nextCandidate(i, last, next)) {
                    int space = spaceAt(layouts.get(i), address);
                    boundary = Math.min(boundary, spaceBoundary(layouts.get(i), space));
                    if (kind == MemoryKind.HEAP_FREE && space >= 0) {
                        kind = MemoryKind.of(layouts.get(i).kind(space));
                    }
                }
                if (kind == MemoryKind.HEAP_FREE) {
                    boundary = Math.min(boundary, mappingBoundary(map, address));
                    kind = writtenOutsideSpaces(map, address, first, last, next);
                }
                page = addUntil(labelled, page, Math.min(end, pageAtOrAfter(boundary)), kind);
            }
        }
        PageRuns assumed = interval.assumed();
        for (int run = 0; run < assumed.size(); run++) {
            labelled.add(table.indexOf(assumed.first(run)), assumed.count(run), (byte) MemoryKind.EDEN.code());
        }
        return labelled.build();
    }

    /** The layouts that are asked: in force at the start, in force at the end, first one after. */
    private static int nextCandidate(int candidate, int last, int next) {
        return candidate < last ? last : candidate < next ? next : next + 1;
    }

    private MemoryKind writtenOutsideSpaces(MemoryMap map, long address, int first, int last, int next) {
        boolean inSpace = false;
        for (int i = first; i >= 0 && i <= next; i = nextCandidate(i, last, next)) {
            inSpace |= spaceAt(layouts.get(i), address) >= 0;
        }
        MemoryKind mapped = inSpace ? MemoryKind.HEAP_FREE : mapped(map, address);
        if (mapped != MemoryKind.HEAP_FREE) {
            return mapped;
        }
        return switch (collector) {
            case G1 -> MemoryKind.EDEN;
            case PARALLEL, SERIAL -> MemoryKind.SURVIVOR;
            case OTHER -> MemoryKind.HEAP_FREE;
        };
    }

    /** The pages of a set, without kinds. */
    WrittenPages unlabelled(PageRuns pages) {
        WrittenPages.Builder runs = new WrittenPages.Builder();
        for (int run = 0; run < pages.size(); run++) {
            int first = table.indexOf(pages.first(run));
            if (first >= 0) {
                runs.add(first, pages.count(run), (byte) 0);
            }
        }
        return runs.build();
    }

    /** What every page of the table holds at a moment, as runs of one kind. */
    WrittenPages heldAt(long timeNanos) {
        WrittenPages.Builder labelled = new WrittenPages.Builder();
        int layoutIndex = Times.lastAtOrBefore(layouts, timeNanos);
        HeapLayout layout = layouts.isEmpty() ? null : layouts.get(Math.max(0, layoutIndex));
        MemoryMap map = mapAt(timeNanos);
        for (int run = 0; run < table.runs(); run++) {
            long page = table.firstPage(run);
            long end = page + table.count(run);
            while (page < end) {
                long address = page * pageSizeBytes;
                int space = layout == null ? -1 : spaceAt(layout, address);
                long boundary = layout == null ? Long.MAX_VALUE : spaceBoundary(layout, space);
                MemoryKind kind;
                if (space < 0) {
                    boundary = Math.min(boundary, mappingBoundary(map, address));
                    kind = mapped(map, address);
                } else if (address < layout.top(space)) {
                    boundary = layout.top(space);
                    kind = MemoryKind.of(layout.kind(space));
                } else {
                    kind = MemoryKind.HEAP_FREE;
                }
                page = addUntil(labelled, page, Math.min(end, pageAtOrAfter(boundary)), kind);
            }
        }
        return labelled.build();
    }

    private long addUntil(WrittenPages.Builder labelled, long page, long end, MemoryKind kind) {
        long until = Math.max(page + 1, end);
        labelled.add(table.indexOf(page), (int) (until - page), (byte) kind.code());
        return until;
    }

    private long pageAtOrAfter(long address) {
        return address == Long.MAX_VALUE ? Long.MAX_VALUE : (address + pageSizeBytes - 1) / pageSizeBytes;
    }

    /** Without any layout, heap is counted as old: a hypervisor that cannot tell must take it for alive. */
    private MemoryKind mapped(MemoryMap map, long address) {
        int at = map == null ? -1 : mappingAt(map, address);
        if (at < 0) {
            return MemoryKind.NATIVE;
        }
        MappingKind kind = map.mappings().get(at).kind();
        return kind == MappingKind.HEAP && layouts.isEmpty() ? MemoryKind.OLD : MemoryKind.of(kind);
    }

    /** The mappings at a moment, or first thereafter; null if none was recorded. */
    MemoryMap mapAt(long timeNanos) {
        return maps.isEmpty() ? null : maps.get(Math.max(0, Times.lastAtOrBefore(maps, timeNanos)));
    }

    /** Index of the space that an address lies in, or {@code -2 - i} if it lies before space {@code i} and in none. */
    private static int spaceAt(HeapLayout layout, long address) {
        int low = 0;
        int high = layout.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (layout.end(middle) <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < layout.size() && layout.bottom(low) <= address ? low : -2 - low;
    }

    private static long spaceBoundary(HeapLayout layout, int space) {
        if (space >= 0) {
            return layout.end(space);
        }
        int next = -2 - space;
        return next < layout.size() ? layout.bottom(next) : Long.MAX_VALUE;
    }

    private static int mappingAt(MemoryMap map, long address) {
        int low = 0;
        int high = map.mappings().size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (map.mappings().get(middle).end() <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        boolean inside = low < map.mappings().size() && map.mappings().get(low).start() <= address;
        return inside ? low : -2 - low;
    }

    private static long mappingBoundary(MemoryMap map, long address) {
        if (map == null) {
            return Long.MAX_VALUE;
        }
        int at = mappingAt(map, address);
        if (at >= 0) {
            return map.mappings().get(at).end();
        }
        int next = -2 - at;
        return next < map.mappings().size() ? map.mappings().get(next).start() : Long.MAX_VALUE;
    }
}
