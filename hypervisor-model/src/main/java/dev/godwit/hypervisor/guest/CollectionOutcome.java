package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.SpaceKind;

/**
 * The pages that a young collection writes, as the trace of a real one tells: the survivor spaces of the layout after it,
 * the old memory that was not old before, and of the pages outside the young generation and free heap that were written
 * in the interval in which it happened those that the nearest intervals without a collection, two before and two after,
 * did not write. What those wrote is what the application and the JIT compiler write all the time, and the application
 * stands still while the collection runs.
 */
final class CollectionOutcome {
    /** Intervals on each side that tell what is written without a collection as well. */
    private static final int NEIGHBOURS = 2;

    private CollectionOutcome() {}

    /**
     * @param before layout in force when the collection begins, null if there is none
     */
    static WrittenPages writtenBy(RecordedRun run, YoungCollection collection, HeapLayout before) {
        HeapLayout after = run.layouts().get(collection.layoutIndex());
        WrittenPages.Builder written = new WrittenPages.Builder();
        for (int i = 0; i < after.size(); i++) {
            SpaceKind kind = after.kind(i);
            if (kind == SpaceKind.SURVIVOR) {
                add(run, written, after.bottom(i), after.top(i), MemoryKind.SURVIVOR);
            } else if (kind == SpaceKind.OLD) {
                addNewlyOld(run, written, after.bottom(i), after.top(i), before);
            }
        }
        addOutsideYoung(run, written, collection.intervalIndex());
        return written.build();
    }

    private static void addOutsideYoung(RecordedRun run, WrittenPages.Builder written, int intervalIndex) {
        PageBitmap usual = usuallyWritten(run, intervalIndex);
        WrittenPages interval = run.intervals().get(intervalIndex).written();
        for (int r = 0; r < interval.runs(); r++) {
            MemoryKind kind = PageContent.kind(interval.kindCode(r));
            if (kind == MemoryKind.EDEN || kind == MemoryKind.SURVIVOR || kind == MemoryKind.HEAP_FREE) {
                continue;
            }
            for (int page = interval.first(r); page < interval.first(r) + interval.count(r); page++) {
                if (!usual.get(page)) {
                    written.add(page, 1, interval.kindCode(r));
                }
            }
        }
    }

    /** What the nearest intervals without a collection wrote, on either side. */
    private static PageBitmap usuallyWritten(RecordedRun run, int interval) {
        PageBitmap usual = new PageBitmap(run.pages().size());
        addNearest(run, usual, interval, -1);
        addNearest(run, usual, interval, 1);
        return usual;
    }

    private static void addNearest(RecordedRun run, PageBitmap usual, int interval, int step) {
        int found = 0;
        for (int i = interval + step; i >= 0 && i < run.intervals().size() && found < NEIGHBOURS; i += step) {
            if (!run.collectedIn(i)) {
                found++;
                WrittenPages written = run.intervals().get(i).written();
                for (int r = 0; r < written.runs(); r++) {
                    for (int page = written.first(r); page < written.first(r) + written.count(r); page++) {
                        usual.set(page);
                    }
                }
            }
        }
    }

    private static void addNewlyOld(
            RecordedRun run, WrittenPages.Builder written, long bottom, long top, HeapLayout before) {
        long from = bottom;
        for (int i = 0; before != null && i < before.size() && from < top; i++) {
            boolean wasOld = before.kind(i) == SpaceKind.OLD || before.kind(i) == SpaceKind.HUMONGOUS;
            if (wasOld && before.top(i) > from && before.bottom(i) < top) {
                add(run, written, from, Math.min(top, before.bottom(i)), MemoryKind.OLD);
                from = before.top(i);
            }
        }
        add(run, written, from, top, MemoryKind.OLD);
    }

    /** Adds the known pages that overlap a range of addresses. */
    private static void add(RecordedRun run, WrittenPages.Builder written, long from, long to, MemoryKind kind) {
        if (from >= to) {
            return;
        }
        int pageSize = run.facts().pageSizeBytes();
        int first = run.pages().indexAtOrAfter(from / pageSize);
        int end = run.pages().indexAtOrAfter((to + pageSize - 1) / pageSize);
        written.add(first, end - first, (byte) kind.code());
    }
}
