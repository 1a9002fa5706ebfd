package dev.godwit.agent.pages;

import dev.godwit.linux.PageSize;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The whole pages of each kind of memory, from the mappings and, for the heap, from its layout. The page with the top of a
 * space counts as the space; a page that two mappings or spaces share is left out. Shared files are left out: their
 * pages are page cache.
 */
final class KindRanges {
    private final Map<MemoryKind, AddressRanges> ranges = new EnumMap<>(MemoryKind.class);

    KindRanges(MemoryMap map, Optional<HeapLayout> layout) {
        for (MemoryMap.Mapping mapping : map.mappings()) {
            boolean isPrivate = mapping.permissions().endsWith("p");
            if (mapping.kind() == MappingKind.HEAP && layout.isPresent()) {
                addHeap(mapping, layout.get());
            } else if (isPrivate || mapping.kind() == MappingKind.HEAP) {
                add(MemoryKind.of(mapping.kind()), mapping.start(), mapping.end());
            }
        }
    }

    /** Pages of the kind; empty if there are none. */
    AddressRanges of(MemoryKind kind) {
        return ranges.computeIfAbsent(kind, absent -> new AddressRanges());
    }

    private void addHeap(MemoryMap.Mapping mapping, HeapLayout layout) {
        long from = mapping.start();
        for (int i = 0; i < layout.size(); i++) {
            if (layout.end(i) <= from || layout.bottom(i) >= mapping.end()) {
                continue;
            }
            long top = Math.min(mapping.end(), PageSize.roundUp(layout.top(i)));
            from = addUpTo(MemoryKind.HEAP_FREE, from, Math.min(mapping.end(), layout.bottom(i)));
            from = addUpTo(MemoryKind.of(layout.kind(i)), from, top);
            from = addUpTo(MemoryKind.HEAP_FREE, from, Math.min(mapping.end(), layout.end(i)));
        }
        addUpTo(MemoryKind.HEAP_FREE, from, mapping.end());
    }

    private long addUpTo(MemoryKind kind, long from, long to) {
        add(kind, from, to);
        return Math.max(from, PageSize.roundDown(to));
    }

    private void add(MemoryKind kind, long start, long end) {
        long from = PageSize.roundUp(start);
        long to = PageSize.roundDown(end);
        if (from < to) {
            of(kind).add(from, to);
        }
    }
}
