package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of its memory a recorded JVM writes in a stretch of time, as a function of how long that is: Eden apart from all else,
 * because its size can be chosen.
 *
 * <p>Example: a JVM that allocates 300 MB/s into an Eden of 600 MB has written 300 MB of it after a second, and never more than
 * 600 MB; outside of it, the same hot pages again and again, and a few new ones.
 */
public final class WritingProfile {
    private final List<long[]> outside = new ArrayList<>();
    private final double allocationBytesPerSecond;
    private final long edenBytes;
    private final long survivorBytes;

    private WritingProfile(RecordedRun run) {
        for (int intervals = 1; intervals <= run.intervalCount(); intervals *= 2) {
            outside.add(distinctOutsideEden(run, intervals));
        }
        List<GarbageCollection> young = run.collections().stream()
                .filter(collection -> collection.type() == GarbageCollection.Type.YOUNG)
                .toList();
        edenBytes = young.stream()
                .mapToLong(GarbageCollection::edenBeforeBytes)
                .max()
                .orElse(0);
        survivorBytes = (long) young.stream()
                .mapToLong(GarbageCollection::survivorAfterBytes)
                .average()
                .orElse(0);
        long seen = run.lastNanos() - run.firstNanos();
        long allocated = young.stream()
                .filter(collection -> collection.timeNanos() >= run.firstNanos())
                .mapToLong(GarbageCollection::edenBeforeBytes)
                .sum();
        allocationBytesPerSecond = allocated * 1e9 / seen;
    }

    /** Looks at all of a run; costs a bit for each of its pages and a step for each that was written, some ten times over. */
    public static WritingProfile of(RecordedRun run) {
        return new WritingProfile(run);
    }

    /** Time of so many intervals, and distinct bytes written outside Eden in it: means over all such stretches. */
    private static long[] distinctOutsideEden(RecordedRun run, int intervals) {
        PageBitmap written = new PageBitmap(run.pages().size());
        long nanos = 0;
        long pages = 0;
        int stretches = 0;
        for (int first = 0; first + intervals <= run.intervalCount(); first += intervals) {
            written.clear();
            for (int i = first; i < first + intervals; i++) {
                nanos += run.intervals().get(i).nanos();
                addOutsideEden(run.intervals().get(i).written(), written);
            }
            pages += written.count();
            stretches++;
        }
        return new long[] {nanos / stretches, pages * run.facts().pageSizeBytes() / stretches};
    }

    private static void addOutsideEden(WrittenPages written, PageBitmap into) {
        for (int r = 0; r < written.runs(); r++) {
            MemoryKind kind = PageContent.kind(written.kindCode(r));
            if (kind != MemoryKind.EDEN && kind != MemoryKind.HEAP_FREE) {
                for (int page = written.first(r); page < written.first(r) + written.count(r); page++) {
                    into.set(page);
                }
            }
        }
    }

    /**
     * Distinct bytes that the JVM writes in a stretch of time, if its Eden has a certain size. Between the lengths that were
     * looked at it is a straight line; it does not grow beyond the longest.
     *
     * @param nanos how long
     * @param edenBytes size of Eden
     */
    public double distinctBytes(double nanos, long edenBytes) {
        return outsideEdenBytes(nanos) + Math.min((double) edenBytes, allocationBytesPerSecond * nanos / 1e9);
    }

    private double outsideEdenBytes(double nanos) {
        double fromNanos = 0;
        double fromBytes = 0;
        for (long[] point : outside) {
            if (nanos <= point[0]) {
                return fromBytes + (point[1] - fromBytes) * (nanos - fromNanos) / (point[0] - fromNanos);
            }
            fromNanos = point[0];
            fromBytes = point[1];
        }
        return fromBytes;
    }

    /** What the application allocates, by the collections. */
    public double allocationBytesPerSecond() {
        return allocationBytesPerSecond;
    }

    /** The fullest that Eden was; 0 if nothing was collected. */
    public long edenBytes() {
        return edenBytes;
    }

    /** What a collection leaves in the survivor spaces, on the average. */
    public long survivorBytes() {
        return survivorBytes;
    }
}
