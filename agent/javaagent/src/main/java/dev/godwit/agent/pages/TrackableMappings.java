package dev.godwit.agent.pages;

import dev.godwit.linux.ProcessMaps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The mappings of the own process whose pages belong to it alone: private ones, and the heap of ZGC, which is a shared
 * mapping of a file in memory. Left out are pages that the kernel lends, and shared files: their pages are page cache.
 *
 * <p>Mappings without any permission are kept: a page can keep its content while access to it is off.
 */
final class TrackableMappings {
    private static final String HEAP_FILE = "/memfd:java_heap";

    private final ProcessMaps maps = ProcessMaps.ofSelf();
    private List<ProcessMaps.Entry> entries = List.of();
    private boolean heapSeenTwice;

    /** Reads the mappings as they are now. */
    void read() {
        try {
            List<ProcessMaps.Entry> all = maps.read();
            heapSeenTwice = isHeapMappedTwice(all);
            entries = all.stream().filter(this::isTrackable).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    /** The trackable mappings of the last reading. */
    List<ProcessMaps.Entry> entries() {
        return entries;
    }

    /** Fills in the addresses; mappings that touch become one range. */
    void addTo(AddressRanges ranges) {
        for (ProcessMaps.Entry entry : entries) {
            ranges.add(entry.start(), entry.end());
        }
    }

    /** One line about what had to be left out; empty if nothing. */
    String limitation() {
        return heapSeenTwice
                ? "this collector maps its heap at several addresses: pages of the heap are not tracked"
                : "";
    }

    private boolean isTrackable(ProcessMaps.Entry entry) {
        if (entry.path().startsWith(HEAP_FILE)) {
            return !heapSeenTwice;
        }
        return entry.isPrivate() && !isLentByKernel(entry);
    }

    private static boolean isLentByKernel(ProcessMaps.Entry entry) {
        String path = entry.path();
        boolean own = path.equals("[heap]") || path.startsWith("[stack") || path.startsWith("[anon");
        return path.startsWith("[") && !own;
    }

    /** ZGC of JDK 17 sees its heap through three views; a write through one is not seen in the others. */
    private static boolean isHeapMappedTwice(List<ProcessMaps.Entry> all) {
        List<ProcessMaps.Entry> heap = new ArrayList<>();
        for (ProcessMaps.Entry entry : all) {
            if (entry.path().startsWith(HEAP_FILE)) {
                heap.add(entry);
            }
        }
        heap.sort(Comparator.comparingLong(ProcessMaps.Entry::offset));
        for (int i = 1; i < heap.size(); i++) {
            ProcessMaps.Entry before = heap.get(i - 1);
            if (heap.get(i).offset() - before.offset() < before.end() - before.start()) {
                return true;
            }
        }
        return false;
    }
}
