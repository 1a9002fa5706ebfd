package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.SpaceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The pages that a young collection writes, as the trace of a real one tells: the survivor spaces of the layout after it,
 * the old memory that was not old before, and of the pages outside the young generation and free heap that were written
 * in the interval in which it happened those that the nearest intervals without a collection, two before and two after,
 * did not write. What those wrote is what the application and the JIT compiler write all the time, and the application
 * stands still while the collection runs.
 *
 * <p>An interval without a collection has pages too that its neighbours did not write: an application writes somewhere else from
 * time to time. As many, the median of those four intervals for each kind of memory, are taken for the application's here.
 * Which of them is not known: they are taken at even distances.
 *
 * <p>Example: 3,161 pages were written in the interval of a collection and in none of its neighbours; those have 430 to 650
 * such pages each. Some 2,600 pages are the collection's: card table, remembered sets, old objects that refer to survivors.
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

    private static void addOutsideYoung(RecordedRun run, WrittenPages.Builder written, int interval) {
        int[] nearest = nearestWithoutCollection(run, interval);
        PageBitmap usual = writtenIn(run, nearest);
        int[] unusual = unusualByKind(run, interval, usual);
        int[] byChance = unusualByChance(run, nearest);
        int[] seen = new int[unusual.length];
        forEachOutsideYoung(run, interval, (page, kindCode) -> {
            if (!usual.get(page)) {
                long ours = Math.max(0, unusual[kindCode] - byChance[kindCode]);
                long before = seen[kindCode]++ * ours / unusual[kindCode];
                if (seen[kindCode] * ours / unusual[kindCode] > before) {
                    written.add(page, 1, kindCode);
                }
            }
        });
    }

    /** Of each kind, what an interval without a collection has of pages that its neighbours did not write. */
    private static int[] unusualByChance(RecordedRun run, int[] withoutCollection) {
        List<int[]> counts = new ArrayList<>();
        for (int interval : withoutCollection) {
            int[] nearest = nearestWithoutCollection(run, interval);
            // One that is alone says nothing.
            if (nearest.length > 0) {
                counts.add(unusualByKind(run, interval, writtenIn(run, nearest)));
            }
        }
        int[] medians = new int[MemoryKind.values().length + 1];
        for (int kind = 0; kind < medians.length && !counts.isEmpty(); kind++) {
            int at = kind;
            int[] ofKind = counts.stream().mapToInt(each -> each[at]).sorted().toArray();
            medians[kind] = ofKind[(ofKind.length - 1) / 2];
        }
        return medians;
    }

    private static int[] unusualByKind(RecordedRun run, int interval, PageBitmap usual) {
        int[] counts = new int[MemoryKind.values().length + 1];
        forEachOutsideYoung(run, interval, (page, kindCode) -> counts[kindCode] += usual.get(page) ? 0 : 1);
        return counts;
    }

    private interface PageVisitor {
        void visit(int page, byte kindCode);
    }

    private static void forEachOutsideYoung(RecordedRun run, int interval, PageVisitor visitor) {
        WrittenPages written = run.intervals().get(interval).written();
        for (int r = 0; r < written.runs(); r++) {
            MemoryKind kind = PageContent.kind(written.kindCode(r));
            if (kind == MemoryKind.EDEN || kind == MemoryKind.SURVIVOR || kind == MemoryKind.HEAP_FREE) {
                continue;
            }
            for (int page = written.first(r); page < written.first(r) + written.count(r); page++) {
                visitor.visit(page, written.kindCode(r));
            }
        }
    }

    private static PageBitmap writtenIn(RecordedRun run, int[] intervals) {
        PageBitmap pages = new PageBitmap(run.pages().size());
        for (int interval : intervals) {
            run.intervals().get(interval).written().addTo(pages);
        }
        return pages;
    }

    /** On either side, as many as there are up to {@link #NEIGHBOURS}. */
    private static int[] nearestWithoutCollection(RecordedRun run, int interval) {
        IntStream before = IntStream.iterate(interval - 1, i -> i >= 0, i -> i - 1);
        IntStream after = IntStream.range(interval + 1, run.intervalCount());
        return Stream.of(before, after)
                .flatMapToInt(side -> side.filter(i -> !run.collectedIn(i)).limit(NEIGHBOURS))
                .toArray();
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
