package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.Loss;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.Notice;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceFormatException;
import dev.godwit.trace.TraceReader;
import dev.godwit.trace.TraceRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A trace summed up. Keeps totals and one small record for each interval, never the sets of pages. */
public final class TraceSummary {
    private JvmFacts facts;
    private MachineMemory machine;
    private HeapLayout layout;
    private TraceEnd end;
    private long layouts;
    private PageKinds kinds;
    private final long[] presentPages = new long[1 + MemoryKind.values().length];
    private final List<Interval> intervals = new ArrayList<>();
    private long droppedPages;
    private final List<GarbageCollection> collections = new ArrayList<>();
    private final Map<HintKey, HintTotal> hints = new TreeMap<>();
    private final Map<String, Long> losses = new TreeMap<>();
    private final List<Notice> notices = new ArrayList<>();
    private final Map<MemoryKind, ContentSample> contents = new EnumMap<>(MemoryKind.class);

    private TraceSummary() {}

    /**
     * Reads the whole trace.
     *
     * @throws TraceFormatException if it is not a readable, complete trace
     */
    public static TraceSummary read(Path trace) throws TraceFormatException {
        TraceSummary summary = new TraceSummary();
        try (TraceReader reader = TraceReader.open(trace)) {
            for (TraceRecord record = reader.next(); record != null; record = reader.next()) {
                summary.add(record);
            }
        }
        return summary;
    }

    private void add(TraceRecord record) {
        if (record instanceof JvmFacts read) {
            facts = read;
            kinds = new PageKinds(read.pageSizeBytes());
        } else if (record instanceof MachineMemory read) {
            machine = read;
        } else if (record instanceof MemoryMap read) {
            kinds.update(read);
        } else if (record instanceof HeapLayout read) {
            layout = read;
            layouts++;
            kinds.update(read);
        } else if (record instanceof DirtyPages read) {
            add(read);
        } else if (record instanceof GarbageCollection read) {
            collections.add(read);
        } else if (record instanceof HintEvent read) {
            hints.merge(
                    new HintKey(read.name(), read.type()),
                    new HintTotal(read.count(), read.durationNanos()),
                    HintTotal::plus);
        } else if (record instanceof ContentSample read) {
            contents.merge(read.kind(), read, TraceSummary::sum);
        } else if (record instanceof Notice read) {
            notices.add(read);
        } else if (record instanceof Loss read) {
            losses.merge(read.recordType(), read.records(), Long::sum);
        } else if (record instanceof TraceEnd read) {
            end = read;
        }
    }

    private void add(DirtyPages pages) {
        count(pages);
        kinds.startInterval();
    }

    private void count(DirtyPages pages) {
        if (pages.fromNanos() == pages.timeNanos()) {
            kinds.count(pages.written(), presentPages);
            kinds.count(pages.assumed(), presentPages);
            return;
        }
        long[] counts = new long[1 + MemoryKind.values().length];
        kinds.count(pages.written(), counts);
        kinds.count(pages.assumed(), counts);
        droppedPages += pages.dropped().pages();
        intervals.add(new Interval(
                pages.fromNanos(), pages.timeNanos(), counts, pages.assumed().pages()));
    }

    private static ContentSample sum(ContentSample one, ContentSample other) {
        return new ContentSample(
                other.timeNanos(),
                one.kind(),
                one.sampledPages() + other.sampledPages(),
                one.zeroPages() + other.zeroPages(),
                one.changedPages() + other.changedPages(),
                one.deltaBytes() + other.deltaBytes(),
                one.lz4Bytes() + other.lz4Bytes(),
                one.zstdBytes() + other.zstdBytes());
    }

    public JvmFacts facts() {
        return facts;
    }

    public TraceEnd end() {
        return end;
    }

    /** What the machine's memory held when it was last read; empty if the trace does not say. */
    public Optional<MachineMemory> machine() {
        return Optional.ofNullable(machine);
    }

    /** The newest layout of the heap; empty if the collector's is not known. */
    public Optional<HeapLayout> layout() {
        return Optional.ofNullable(layout);
    }

    /** How many layouts were recorded. */
    public long layouts() {
        return layouts;
    }

    /** Pages of the kind that were there when tracking began. */
    public long presentPages(MemoryKind kind) {
        return presentPages[kind.code()];
    }

    /** All intervals in which written pages were gathered. */
    public List<Interval> intervals() {
        return List.copyOf(intervals);
    }

    /** Nanoseconds over which written pages were gathered. */
    public long trackedNanos() {
        return intervals.stream().mapToLong(Interval::nanos).sum();
    }

    /** Written pages of a kind over all intervals; a page counts once for each interval in which it was written. */
    public long writtenPages(MemoryKind kind) {
        return intervals.stream().mapToLong(interval -> interval.pages(kind)).sum();
    }

    /** Pages that were there and went away. */
    public long droppedPages() {
        return droppedPages;
    }

    public List<GarbageCollection> collections() {
        return List.copyOf(collections);
    }

    /** Hints by name and type. */
    public Map<HintKey, HintTotal> hints() {
        return new TreeMap<>(hints);
    }

    /** Records lost, by the name of their type. */
    public Map<String, Long> losses() {
        return new TreeMap<>(losses);
    }

    public List<Notice> notices() {
        return List.copyOf(notices);
    }

    /** Samples of contents, summed up by kind. */
    public Map<MemoryKind, ContentSample> contents() {
        return new EnumMap<>(contents);
    }

    /** Which hints are summed up together. */
    public record HintKey(String name, HintEvent.Type type) implements Comparable<HintKey> {
        @Override
        public int compareTo(HintKey other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : type.compareTo(other.type);
        }
    }

    /** How often something was hinted, and the sum of its durations. */
    public record HintTotal(long count, long durationNanos) {
        HintTotal plus(HintTotal other) {
            return new HintTotal(count + other.count, durationNanos + other.durationNanos);
        }
    }
}
