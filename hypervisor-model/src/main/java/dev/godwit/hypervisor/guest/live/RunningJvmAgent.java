package dev.godwit.hypervisor.guest.live;

import dev.godwit.agent.heap.RemoteHeap;
import dev.godwit.agent.heap.UnreadableVmException;
import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.SpaceKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What is known of a running JVM: its heap layout, read from outside, and, if there is an agent in it, a young collection
 * when it is asked for.
 *
 * <p>The application is held behind that collection by stopping the process. A layout that is read while it stands, and not
 * in a collection, is exact; one that is read while it runs may be behind by the time it is used, and is of no current epoch
 * once another collection has begun.
 */
public final class RunningJvmAgent implements GuestAgent {
    private static final long LAYOUT_LIMIT_NANOS = 200_000_000;
    private static final long LOOK_NANOS = 1_000_000;

    private final RunningProcess process;
    private final RemoteHeap heap;
    private final GuestFrames frames;
    private final Clock clock;
    private final Optional<InsideAgent> connection;
    private final Hold hold;
    private final ExecutorService asking = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "godwit-prepare");
        thread.setDaemon(true);
        return thread;
    });
    private List<AddressRange> eden = List.of();
    private Optional<HeapLayout> last = Optional.empty();
    private final Optional<LiveMoments> moments;
    private final Optional<OpenSections> openSections;
    private final Optional<DeclaredBuffers> declared;
    private List<DeclaredMemory> declaredAtStop = List.of();
    private Optional<GuestMoment> moment = Optional.empty();
    private Future<Long> prepared;
    private boolean held;
    private boolean broken;
    private long lastCollectionNanos;

    /** Stops the application, and lets it go. */
    public interface Hold {
        /** Stops it, outside of a collection if that can be. */
        void hold();

        /** Lets it go on. */
        void letGo();
    }

    public RunningJvmAgent(
            RunningProcess process,
            RemoteHeap heap,
            GuestFrames frames,
            Clock clock,
            Optional<InsideAgent> connection,
            Hold hold) {
        this.process = process;
        this.heap = heap;
        this.frames = frames;
        this.clock = clock;
        this.connection = connection;
        this.moments = connection.map(LiveMoments::new);
        this.openSections = connection.flatMap(inside -> openSections(process, inside));
        this.declared = connection.map(inside -> new DeclaredBuffers(process.memory(), inside));
        this.hold = hold;
    }

    private static Optional<OpenSections> openSections(RunningProcess process, InsideAgent inside) {
        try {
            return inside.sectionCounts().map(where -> new OpenSections(process.memory(), where));
        } catch (IOException | IllegalArgumentException nowhere) {
            return Optional.empty();
        }
    }

    @Override
    public GuestFrames frames() {
        return frames;
    }

    /** Of a JVM that stands in a collection nothing can be told. */
    @Override
    public Optional<HeapLayout> readLayout() {
        long deadline = clock.nanos() + LAYOUT_LIMIT_NANOS;
        while (true) {
            try {
                last = Optional.of(heap.readLayout(clock.nanos()));
                return last;
            } catch (UnreadableVmException collecting) {
                if (process.isPaused()) {
                    return Optional.empty();
                }
                if (clock.nanos() > deadline) {
                    // What was young is a hint still.
                    return last;
                }
                clock.advance(LOOK_NANOS);
            }
        }
    }

    /** The layout that was read last, which may be behind by now; empty before the first. */
    public Optional<HeapLayout> lastLayout() {
        return last;
    }

    /**
     * Eden, in the order of addresses, neighbouring regions as one; as it was the last time that it could be read. While the
     * process stands it is not asked again.
     */
    public List<AddressRange> eden() {
        if (!process.isPaused()) {
            Optional<HeapLayout> now = readLayout();
            eden = now.map(RunningJvmAgent::edenOf).orElse(eden);
        }
        return eden;
    }

    private static List<AddressRange> edenOf(HeapLayout layout) {
        List<AddressRange> ranges = new ArrayList<>();
        int i = 0;
        while (i < layout.size()) {
            long start = layout.bottom(i);
            long end = start;
            while (i < layout.size() && layout.kind(i) == SpaceKind.EDEN && (end == start || layout.bottom(i) == end)) {
                end = layout.end(i++);
            }
            AddressRange range = AddressRange.inside(start, end);
            if (range.isEmpty()) {
                i++;
            } else {
                ranges.add(range);
            }
        }
        return ranges;
    }

    @Override
    public long epoch() {
        return heap.epoch();
    }

    /** Empty without an agent, while the process stands, and once the agent has failed to answer. */
    @Override
    public Optional<JvmSignals> signals() {
        if (connection.isEmpty() || broken || held || process.isPaused()) {
            return Optional.empty();
        }
        try {
            return Optional.of(connection.get().signals());
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /**
     * While the process stands, as it was read last before; but for the sections that are open, which are read from its memory
     * then, if the agent has told where.
     */
    @Override
    public Optional<GuestMoment> moment() {
        if (process.isPaused()) {
            return moment.map(before -> openSections
                    .map(OpenSections::count)
                    .filter(OptionalLong::isPresent)
                    .map(open -> before.withOpenSections(open.getAsLong()))
                    .orElse(before));
        }
        if (!broken && !held) {
            moment = moments.flatMap(LiveMoments::read);
        }
        return moment;
    }

    /**
     * While the process stands, only what certainly holds at that moment: {@link #beforeStop} must have been called
     * before it was stopped. While it runs, the agent's word.
     */
    @Override
    public List<DeclaredMemory> declared() {
        if (declared.isEmpty()) {
            return List.of();
        }
        if (process.isPaused()) {
            declaredAtStop = declared.get().standing();
            return declaredAtStop;
        }
        boolean busy = broken || (prepared != null && !prepared.isDone());
        return busy ? declared.get().last() : declared.get().ask();
    }

    /** What certainly held when the process stood and that was last asked. */
    public List<DeclaredMemory> declaredAtStop() {
        return declaredAtStop;
    }

    /** The process is about to be stopped, unless it stands: its agent is to hold what the application declares. */
    public void beforeStop() {
        if (!process.isPaused() && !broken) {
            declared.ifPresent(DeclaredBuffers::hold);
        }
    }

    @Override
    public boolean canCollect() {
        return connection.isPresent() && !broken;
    }

    @Override
    public String whyNoCollection() {
        return connection.isEmpty() ? "there is no agent in the JVM to ask" : "the agent in the JVM could not";
    }

    /** As long as the last that was asked for; of the first nothing is known. */
    @Override
    public long expectedCollectionNanos() {
        return lastCollectionNanos;
    }

    /** What is in survivor spaces now, which the last collection left there. */
    @Override
    public long predictedSurvivorBytes() {
        return last.map(layout -> layout.usedBytes(SpaceKind.SURVIVOR)).orElse(0L);
    }

    @Override
    public boolean prepare() {
        prepared = asking.submit(connection.orElseThrow()::collectYoung);
        return true;
    }

    @Override
    public boolean isPrepared() {
        if (!held && prepared.isDone()) {
            holdAfterCollection();
        }
        return held;
    }

    /** An agent that cannot collect is not asked again; the application is held all the same. */
    @Override
    public void awaitPrepared() {
        if (!held) {
            holdAfterCollection();
        }
    }

    private void holdAfterCollection() {
        try {
            lastCollectionNanos = prepared.get();
        } catch (ExecutionException failed) {
            broken = true;
            lastCollectionNanos = 0;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            broken = true;
        }
        // The last word before it stands: the application may have gone into a critical section meanwhile.
        moment();
        beforeStop();
        tell(InsideAgent::paused);
        hold.hold();
        held = true;
    }

    @Override
    public long lastCollectionNanos() {
        return lastCollectionNanos;
    }

    /** The agent reads it when the JVM runs again. */
    @Override
    public void done() {
        held = false;
        declared.ifPresent(DeclaredBuffers::letGo);
        tell(InsideAgent::done);
    }

    @Override
    public void aborted() {
        declared.ifPresent(DeclaredBuffers::letGo);
        if (held) {
            held = false;
            hold.letGo();
        }
        tell(told -> told.aborted("the migration, or this attempt to pause, is off"));
    }

    private interface Word {
        void say(InsideAgent to) throws IOException;
    }

    private void tell(Word word) {
        if (connection.isEmpty() || broken) {
            return;
        }
        try {
            word.say(connection.get());
        } catch (IOException gone) {
            broken = true;
        }
    }
}
