package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.MemoryKind;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A guest that does what a trace recorded, one nanosecond of trace for each nanosecond that its VCPU runs.
 *
 * <p>What is modelled, not recorded: the moment of a write within its interval ({@link WriteSchedule}); that a page is
 * written once in an interval; which page of the page cache is dirtied (any, with equal chance, at the recorded rate);
 * which written page holds zeros (seeded, in the share that was sampled for its kind). The kernel and other processes
 * write nothing, because no trace says what they wrote. Frames that the guest has free were used once: they hold what
 * they held, as on a machine that has been up for a while.
 *
 * <p>A young collection on request takes its outcome and its cost from the next one that was recorded: its duration, the
 * pages it wrote ({@link CollectionOutcome}) and the layout after it. The replay then goes on from that layout's
 * moment; what the application would have done until then is skipped.
 */
public final class ReplayedGuest implements Program, GuestAgent {
    /** What the application inside the guest is doing. */
    private enum Phase {
        RUNNING,
        /** Stopped by a collection that the hypervisor asked for. */
        COLLECTING,
        /** Stopped behind that collection until the migration is over. */
        HELD
    }

    private final RecordedRun run;
    private final GuestFrames frames;
    private final RandomStreams random;
    private final VirtualClock clock;
    private final boolean processAlone;
    private final TracePosition position;
    private final LayoutReader layout;
    private final MomentReader moments;
    private final ScheduleCache schedules;
    private WriteSchedule schedule;
    /** How far the schedule at hand is written. */
    private int written;

    private final SplittableRandom zeros;
    private final PageCacheWriter pageCache;
    private final long[] zeroThresholds = new long[MemoryKind.values().length + 1];
    private Phase phase = Phase.RUNNING;
    private boolean holdAfterCollection;
    private AskedCollection asked;
    private long collectedNanos;
    private GarbageCollection lastCollection;

    /**
     * @param run what to replay
     * @param memoryBytes size of the guest
     * @param startNanos trace time to begin at, see {@link #defaultStart}
     * @param random source of chance
     * @param clock what {@link #awaitPrepared} lets run
     * @throws UnusableTraceException if the memory is too small for the trace or the start lies outside of it
     */
    public ReplayedGuest(RecordedRun run, long memoryBytes, long startNanos, RandomStreams random, VirtualClock clock) {
        this(
                run,
                position -> GuestFrames.layOut(
                        run.pages(), run.facts().pageSizeBytes(), memoryBytes, run.machineAt(position.traceNanos())),
                false,
                new TracePosition(run, startNanos),
                random,
                clock);
    }

    /**
     * The recorded process alone, as a rehearsal migrates it that follows the recording at once. It has the memory
     * that it has in the last interval, and behind that does again all that it did, but for the first interval, in
     * which the recorder set itself up. There is no kernel, no page cache and nothing else around it; what the
     * process does not have, or a rehearsal leaves where it is, is in the balloon.
     */
    public static ReplayedGuest ofProcess(RecordedRun run, RandomStreams random, VirtualClock clock) {
        GuestFrames frames = GuestFrames.running(
                run.pages(), run.facts().pageSizeBytes(), run.pages().size());
        Interval again = run.intervals().get(Math.min(1, run.intervalCount() - 1));
        TracePosition position = new TracePosition(run, run.lastNanos() - 1, again.fromNanos());
        return new ReplayedGuest(run, at -> frames, true, position, random, clock);
    }

    private ReplayedGuest(
            RecordedRun run,
            Function<TracePosition, GuestFrames> framesAt,
            boolean processAlone,
            TracePosition position,
            RandomStreams random,
            VirtualClock clock) {
        this.run = run;
        this.random = random;
        this.clock = clock;
        this.processAlone = processAlone;
        this.position = position;
        this.frames = framesAt.apply(position);
        this.layout = new LayoutReader(run);
        this.moments = new MomentReader(run);
        this.schedules = new ScheduleCache(run, random);
        this.zeros = random.stream("zero pages");
        this.pageCache =
                new PageCacheWriter(frames, run.pageCacheDirtiedPerSecond() / 1e9, random.stream("page cache"));
        for (MemoryKind kind : MemoryKind.values()) {
            zeroThresholds[kind.code()] = (long) (run.zeroShare(kind.code()) * (1L << 31));
        }
        layout.moveToStartOf(position);
        loadInterval();
    }

    /** Half into the trace: class loading is over, and most of what the JIT compiler does. */
    public static long defaultStart(RecordedRun run) {
        return run.firstNanos() + (run.lastNanos() - run.firstNanos()) / 2;
    }

    @Override
    public GuestFrames frames() {
        return frames;
    }

    /** Number of times that the replay came to the trace's end and began anew. */
    public long laps() {
        return position.laps();
    }

    /** Where the replay is, as trace time. */
    public long traceNanos() {
        return position.traceNanos();
    }

    @Override
    public void boot(GuestMemory memory) {
        new FirstContents(run, frames, processAlone).fill(memory, position, this::drawZero);
    }

    @Override
    public void execute(GuestMemory memory, long nanos) {
        executeUntilFault(memory, nanos);
    }

    @Override
    public long executeUntilFault(GuestMemory memory, long nanos) {
        // First what was cut short by a fault, of which nothing is left in most calls.
        pageCache.execute(memory, 0);
        long left = nanos;
        while (left > 0 && phase != Phase.HELD && memory.faultedPage() == GuestMemory.NO_PAGE) {
            left -= phase == Phase.COLLECTING ? collect(memory, left) : replay(memory, left);
        }
        long executed = memory.faultedPage() == GuestMemory.NO_PAGE ? nanos : nanos - left;
        pageCache.execute(memory, executed);
        return executed;
    }

    /** Replays up to the next moment at which something but a write happens; returns how long that was. */
    private long replay(GuestMemory memory, long atMost) {
        Interval interval = position.current();
        long untilEnd = interval.nanos() - position.offsetNanos();
        long untilLayout = layout.nextNanos() - position.traceNanos();
        long step = Math.min(atMost, Math.max(0, Math.min(untilEnd, untilLayout)));
        int missing = firstMissing(memory, position.offsetNanos() + step);
        if (missing >= 0) {
            long before = writeUntilMissing(memory, missing, position.offsetNanos());
            position.advance(before);
            return before;
        }
        position.advance(step);
        writeUpTo(memory, position.offsetNanos());
        if (untilLayout <= step) {
            layout.moveToNext(position.interval(), written);
        }
        if (step == untilEnd) {
            if (position.nextInterval()) {
                layout.moveToStartOf(position);
            } else {
                passSkippedLayouts();
            }
            loadInterval();
        }
        return step;
    }

    /** Layouts that were read while no interval ran; from the one in force on, nothing is known to be written. */
    private void passSkippedLayouts() {
        while (layout.nextNanos() <= position.traceNanos()) {
            layout.moveToNext(position.interval(), 0);
        }
    }

    private void loadInterval() {
        schedule = schedules.of(position.interval());
        written = 0;
    }

    /** Position in writing order of the first missing page that is written before an offset, -1 if there is none. */
    private int firstMissing(GuestMemory memory, long offsetNanos) {
        if (memory.missingPages() == 0) {
            return -1;
        }
        int until = schedule.writtenBefore(offsetNanos);
        for (int at = written; at < until; at++) {
            if (memory.isMissing(frames.frameOf(schedule.index(at)))) {
                return at;
            }
        }
        return -1;
    }

    /** Writes what comes before a missing page, and stands before that; returns how long it took to come there. */
    private long writeUntilMissing(GuestMemory memory, int missing, long offsetNanos) {
        writeTo(memory, missing);
        memory.fault(frames.frameOf(schedule.index(missing)));
        return Math.max(0, schedule.momentOf(missing) - offsetNanos);
    }

    private void writeUpTo(GuestMemory memory, long offsetNanos) {
        writeTo(memory, schedule.writtenBefore(offsetNanos));
    }

    private void writeTo(GuestMemory memory, int until) {
        for (int at = written; at < until; at++) {
            int kindCode = schedule.kindCode(at);
            memory.write(frames.frameOf(schedule.index(at)), kindCode, drawZero(kindCode));
        }
        written = Math.max(written, until);
    }

    private boolean drawZero(int kindCode) {
        long threshold = zeroThresholds[kindCode];
        return threshold != 0 && (zeros.nextInt() >>> 1) < threshold;
    }

    @Override
    public Mark mark() {
        List<Mark> parts = List.of(position.mark(), layout.mark(), pageCache.mark());
        WriteSchedule markedSchedule = schedule;
        int markedWritten = written;
        Phase markedPhase = phase;
        boolean markedHold = holdAfterCollection;
        AskedCollection markedAsked = asked;
        long markedCollected = collectedNanos;
        GarbageCollection markedLast = lastCollection;
        return () -> {
            parts.forEach(Mark::rewind);
            schedule = markedSchedule;
            written = markedWritten;
            phase = markedPhase;
            holdAfterCollection = markedHold;
            asked = markedAsked;
            collectedNanos = markedCollected;
            lastCollection = markedLast;
        };
    }

    @Override
    public Optional<HeapLayout> readLayout() {
        return phase == Phase.COLLECTING ? Optional.empty() : layout.read(position, schedule, written);
    }

    @Override
    public long epoch() {
        return run.epochAt(position.traceNanos()) + position.epochOffset();
    }

    /** Times and sums are the trace's: a reading of an earlier lap gives no rate. */
    @Override
    public Optional<JvmSignals> signals() {
        return run.signalsAt(position.traceNanos());
    }

    @Override
    public List<DeclaredMemory> declared() {
        return run.declaredAt(position.traceNanos());
    }

    @Override
    public boolean canCollect() {
        return moments.nextCollection(position) != null;
    }

    @Override
    public long predictedSurvivorBytes() {
        return moments.survivorBytes(position, lastCollection);
    }

    @Override
    public long expectedCollectionNanos() {
        return moments.collectionNanos(position.traceNanos());
    }

    @Override
    public Optional<GuestMoment> moment() {
        return Optional.of(moments.at(phase == Phase.RUNNING ? position.traceNanos() : asked.stoppedAtNanos()));
    }

    @Override
    public boolean prepare() {
        if (phase == Phase.HELD) {
            return true;
        }
        holdAfterCollection = true;
        if (phase == Phase.COLLECTING) {
            return true;
        }
        YoungCollection next = moments.nextCollection(position);
        if (next == null) {
            holdAfterCollection = false;
            return false;
        }
        HeapLayout before = layout.index() < 0 ? null : run.layouts().get(layout.index());
        asked = AskedCollection.of(run, next, before, position.traceNanos());
        schedule = asked.schedule(random);
        written = 0;
        collectedNanos = 0;
        phase = Phase.COLLECTING;
        return true;
    }

    private long collect(GuestMemory memory, long atMost) {
        long step = Math.min(atMost, schedule.nanos() - collectedNanos);
        int missing = firstMissing(memory, collectedNanos + step);
        if (missing >= 0) {
            long before = writeUntilMissing(memory, missing, collectedNanos);
            collectedNanos += before;
            return before;
        }
        collectedNanos += step;
        writeUpTo(memory, collectedNanos);
        if (collectedNanos == schedule.nanos()) {
            endCollection();
        }
        return step;
    }

    private void endCollection() {
        HeapLayout after = run.layouts().get(asked.recorded().layoutIndex());
        position.jump(after.timeNanos());
        lastCollection = asked.recorded().record();
        loadInterval();
        schedule = asked.restOf(position.interval(), schedule, run.pages().size());
        // What the trace wrote in this interval before the layout was read belongs to the time that is skipped.
        written = schedule.writtenBefore(position.offsetNanos());
        layout.moveTo(asked.recorded().layoutIndex(), position.interval(), written);
        phase = holdAfterCollection ? Phase.HELD : Phase.RUNNING;
    }

    @Override
    public boolean isResponsive() {
        return phase == Phase.RUNNING;
    }

    @Override
    public boolean isPrepared() {
        return phase == Phase.HELD;
    }

    @Override
    public void awaitPrepared() {
        while (phase == Phase.COLLECTING) {
            clock.advance(schedule.nanos() - collectedNanos);
        }
    }

    @Override
    public long lastCollectionNanos() {
        return asked == null ? 0 : asked.recorded().record().durationNanos();
    }

    @Override
    public void done() {
        letGo();
    }

    @Override
    public void aborted() {
        letGo();
    }

    private void letGo() {
        holdAfterCollection = false;
        if (phase == Phase.HELD) {
            phase = Phase.RUNNING;
        }
    }
}
