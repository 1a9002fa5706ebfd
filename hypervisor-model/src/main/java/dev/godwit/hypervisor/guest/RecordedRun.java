package dev.godwit.hypervisor.guest;

import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.PageTracker;
import dev.godwit.trace.TraceFormatException;
import dev.godwit.trace.TraceReader;
import dev.godwit.trace.TraceRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A trace in memory: checked, compact, unchanging, so that any number of guests can replay it.
 *
 * <p>Cost: nine bytes for each run of pages of each interval and the heap layouts; nothing for each page.
 */
public final class RecordedRun {
    private final JvmFacts facts;
    private final PageTable pages;
    private final KindLabeller labeller;
    private final WrittenPages present;
    private final List<Interval> intervals = new ArrayList<>();
    private final List<HeapLayout> layouts;
    private final List<GarbageCollection> collections;
    private final List<YoungCollection> youngCollections = new ArrayList<>();
    private final List<MachineMemory> machines;
    private final double[] zeroShares;
    private final List<ContentSample> contents;
    private final Map<HintEvent.Type, Long> hints;
    private final SignalTimeline signals;
    private final HintTimeline hintTimeline;
    private final List<DeclaredMemory> declared;
    private final List<String> notices;
    private final Refusals refusals;
    private final long lostRecords;
    private final boolean complete;
    private final long[] epochTimes;
    private final long[] epochs;

    private RecordedRun(TraceLoader loader) {
        facts = loader.facts;
        pages = loader.pages.build();
        layouts = List.copyOf(loader.layouts);
        collections = List.copyOf(loader.collections);
        machines = List.copyOf(loader.machines);
        hints = Collections.unmodifiableMap(loader.hints);
        signals = new SignalTimeline(loader.signals, loader.hintEvents, collections, facts.intervalNanos());
        declared = List.copyOf(loader.declared);
        notices = List.copyOf(loader.notices);
        refusals = loader.refusals;
        lostRecords = loader.lostRecords;
        complete = loader.end != null;
        labeller = new KindLabeller(pages, facts.pageSizeBytes(), facts.collector(), layouts, loader.maps);
        present = labeller.unlabelled(loader.present);
        loader.intervals.forEach(read -> intervals.add(new Interval(
                read.fromNanos(), read.timeNanos(), labeller.written(read), labeller.unlabelled(read.dropped()))));
        zeroShares = zeroShares(loader);
        contents = List.copyOf(loader.contents);
        long[][] timeline = EpochTimeline.of(layouts, collections, loader.intervals);
        epochTimes = timeline[0];
        epochs = timeline[1];
        findYoungCollections();
        hintTimeline = HintTimeline.of(loader.hintEvents, lastNanos(), this::endOfInterval);
    }

    /**
     * Checks and compacts the records of a trace.
     *
     * @param records in the order of the trace
     * @throws UnusableTraceException if there is nothing in them to replay
     */
    public static RecordedRun of(Iterable<? extends TraceRecord> records) {
        TraceLoader loader = new TraceLoader();
        records.forEach(loader::accept);
        return of(loader);
    }

    /**
     * Reads a trace.
     *
     * @param directory as {@link TraceReader#open} takes it
     * @throws TraceFormatException if it is no trace, or is cut off, corrupt, or of a newer version
     * @throws UnusableTraceException if there is nothing in it to replay
     */
    public static RecordedRun load(Path directory) throws TraceFormatException {
        TraceLoader loader = new TraceLoader();
        try (TraceReader reader = TraceReader.open(directory)) {
            for (TraceRecord record = reader.next(); record != null; record = reader.next()) {
                loader.accept(record);
            }
        }
        return of(loader);
    }

    private static RecordedRun of(TraceLoader loader) {
        loader.finish();
        if (loader.facts == null) {
            throw new UnusableTraceException("the trace does not say which JVM it is of: record it again");
        }
        if (loader.intervals.isEmpty()) {
            String why = loader.facts.tracker() == PageTracker.NONE
                    ? "no pages were tracked; record where userfaultfd or hash comparison works"
                    : "record for longer than one interval";
            throw new UnusableTraceException("the trace has no interval of written pages to replay: " + why);
        }
        return new RecordedRun(loader);
    }

    private static double[] zeroShares(TraceLoader loader) {
        double[] shares = new double[loader.sampledPages.length];
        for (int code = 0; code < shares.length; code++) {
            shares[code] =
                    loader.sampledPages[code] == 0 ? 0 : (double) loader.zeroPages[code] / loader.sampledPages[code];
        }
        return shares;
    }

    /** A young collection is of use if a layout was read in its epoch, while pages were tracked. */
    private void findYoungCollections() {
        for (GarbageCollection collection : collections) {
            int interval = intervalAt(collection.timeNanos());
            if (collection.type() != GarbageCollection.Type.YOUNG || interval < 0) {
                continue;
            }
            int layout = Times.lastAtOrBefore(layouts, collection.timeNanos()) + 1;
            while (layout < layouts.size() && layouts.get(layout).epoch() < collection.epoch()) {
                layout++;
            }
            boolean found = layout < layouts.size() && layouts.get(layout).epoch() == collection.epoch();
            if (found && intervalAt(layouts.get(layout).timeNanos()) >= 0) {
                youngCollections.add(new YoungCollection(collection, layout, interval));
            }
        }
    }

    /** Index of the interval that contains a moment, -1 if none does. */
    int intervalAt(long timeNanos) {
        int low = 0;
        int high = intervals.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (intervals.get(middle).toNanos() <= timeNanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < intervals.size() && intervals.get(low).fromNanos() <= timeNanos ? low : -1;
    }

    private long endOfInterval(long timeNanos) {
        int interval = intervalAt(timeNanos);
        return interval < 0 ? timeNanos : intervals.get(interval).toNanos();
    }

    /** True if a collection began in the interval. */
    boolean collectedIn(int interval) {
        int last = Times.lastAtOrBefore(collections, intervals.get(interval).toNanos());
        return last >= 0
                && collections.get(last).timeNanos() >= intervals.get(interval).fromNanos();
    }

    /** Collections completed at a moment. */
    long epochAt(long timeNanos) {
        int at = Arrays.binarySearch(epochTimes, timeNanos);
        int last = at >= 0 ? at : -at - 2;
        return last < 0 ? 0 : epochs[last];
    }

    List<Interval> intervals() {
        return intervals;
    }

    List<HeapLayout> layouts() {
        return layouts;
    }

    List<GarbageCollection> collections() {
        return collections;
    }

    /** The last young collection at or before a moment, or a given one if that is later; null if there is neither. */
    GarbageCollection lastYoung(long timeNanos, GarbageCollection given) {
        GarbageCollection last = given;
        for (GarbageCollection recorded : collections) {
            boolean before = recorded.timeNanos() <= timeNanos;
            boolean newer = last == null || recorded.timeNanos() >= last.timeNanos();
            if (recorded.type() == GarbageCollection.Type.YOUNG && before && newer) {
                last = recorded;
            }
        }
        return last;
    }

    List<YoungCollection> youngCollections() {
        return youngCollections;
    }

    /** Pages that were there when tracking began. */
    WrittenPages present() {
        return present;
    }

    /** What every page of the JVM holds at a moment, by the layout in force. */
    WrittenPages heldAt(long timeNanos) {
        return labeller.heldAt(timeNanos);
    }

    /** The JVM's mappings at a moment, or first thereafter. */
    Optional<MemoryMap> mapAt(long timeNanos) {
        return Optional.ofNullable(labeller.mapAt(timeNanos));
    }

    /** Share of pages of zeros among the pages of a kind, 0 to 1; 0 if none was sampled. */
    double zeroShare(int kindCode) {
        return zeroShares[kindCode];
    }

    /** What was sampled of the contents of pages, as plausible as can be checked. */
    public List<ContentSample> contents() {
        return contents;
    }

    /** What the machine's memory held at a moment, or first thereafter. */
    public Optional<MachineMemory> machineAt(long timeNanos) {
        return machines.isEmpty()
                ? Optional.empty()
                : Optional.of(machines.get(Math.max(0, Times.lastAtOrBefore(machines, timeNanos))));
    }

    /** Page-cache pages dirtied in a second, over the whole trace; 0 if it was not read twice. */
    public double pageCacheDirtiedPerSecond() {
        if (machines.size() < 2) {
            return 0;
        }
        MachineMemory first = machines.get(0);
        MachineMemory last = machines.get(machines.size() - 1);
        long nanos = last.timeNanos() - first.timeNanos();
        long dirtied = last.pageCacheDirtiedPages() - first.pageCacheDirtiedPages();
        return nanos == 0 ? 0 : Math.max(0, dirtied * 1e9 / nanos);
    }

    public JvmFacts facts() {
        return facts;
    }

    /** Every page of the JVM that the trace names. */
    public PageTable pages() {
        return pages;
    }

    /** Trace time of the first interval's beginning. */
    public long firstNanos() {
        return intervals.get(0).fromNanos();
    }

    /** Trace time of the last interval's end. */
    public long lastNanos() {
        return intervals.get(intervals.size() - 1).toNanos();
    }

    public int intervalCount() {
        return intervals.size();
    }

    public int layoutCount() {
        return layouts.size();
    }

    public int collectionCount() {
        return collections.size();
    }

    /** Young collections with a layout after them: what a modelled one can be taken from. */
    public int youngCollectionCount() {
        return youngCollections.size();
    }

    /** Pages written, by kind, over all intervals: a page written in two intervals counts twice. */
    public Map<MemoryKind, Long> writtenPagesByKind() {
        return WrittenByKind.of(intervals);
    }

    /** How often each kind of hint was given. */
    public Map<HintEvent.Type, Long> hints() {
        return hints;
    }

    /**
     * What the JVM and the application told at a moment: as it was sampled last, brought up to that moment by what was recorded
     * in between ({@link SignalTimeline}). Empty if the trace holds neither samples nor hints.
     */
    public Optional<JvmSignals> signalsAt(long timeNanos) {
        return signals.at(timeNanos, epochAt(timeNanos));
    }

    /** When the application was in critical sections, and when it said that it would be quiet. */
    public HintTimeline hintTimeline() {
        return hintTimeline;
    }

    /** What the application said of its buffers and had not withdrawn at a moment; ranges may overlap. */
    public List<DeclaredMemory> declaredAt(long timeNanos) {
        List<DeclaredMemory> standing = new ArrayList<>();
        for (DeclaredMemory each : declared.subList(0, 1 + Times.lastAtOrBefore(declared, timeNanos))) {
            if (each.kind() == DeclaredMemory.Kind.WITHDRAWN) {
                standing.removeIf(other -> other.start() == each.start() && other.end() == each.end());
            } else {
                standing.add(each);
            }
        }
        return standing;
    }

    /** What the recorder noted, at most a hundred lines. */
    public List<String> notices() {
        return notices;
    }

    /** What was not believed. */
    public Refusals refusals() {
        return refusals;
    }

    /** Records that the recorder had to drop. */
    public long lostRecords() {
        return lostRecords;
    }

    /** False if the recording was cut off. */
    public boolean complete() {
        return complete;
    }
}
