package dev.godwit.agent.record;

import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.agent.heap.HeapProbes;
import dev.godwit.agent.pages.DirtyPageTracker;
import dev.godwit.agent.pages.DirtyPageTrackers;
import dev.godwit.linux.NativeAccess;
import dev.godwit.trace.Collector;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import dev.godwit.trace.TraceWriter;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Sets up a recording of the JVM it runs in, and takes everything down again when it is over. */
public final class Recorder {
    private final RecordingPlan plan;
    private final Instrumentation instrumentation;
    private final CollectionRequests requests;
    private final StopSignal stop;
    private final BooleanSupplier housekeeping;
    private final Consumer<TraceRecord> observer;
    private final Consumer<String> say;

    /**
     * @param requests collections that the agent forces
     * @param stop ends the recording from outside
     * @param housekeeping called at each wake-up; true if it has more to do soon
     * @param observer is given each record too
     * @param say is told what a user who watches may want to know
     */
    public Recorder(
            RecordingPlan plan,
            Instrumentation instrumentation,
            CollectionRequests requests,
            StopSignal stop,
            BooleanSupplier housekeeping,
            Consumer<TraceRecord> observer,
            Consumer<String> say) {
        this.plan = plan;
        this.instrumentation = instrumentation;
        this.requests = requests;
        this.stop = stop;
        this.housekeeping = housekeeping;
        this.observer = observer;
        this.say = say;
    }

    /**
     * Records on the calling thread until the time is over, the disk is full, or the stop signal is given.
     *
     * @param started called once the trace has its first records
     * @return why it ended
     * @throws IOException if the trace cannot be created; one line that says what to do
     */
    public TraceEnd.Reason run(Runnable started) throws IOException {
        if (!loadNativeAccess()) {
            return TraceEnd.Reason.PROGRAM_ENDED;
        }
        HeapProbe probe = HeapProbes.open(instrumentation);
        DirtyPageTrackers.Choice choice = DirtyPageTrackers.best();
        try (DirtyPageTracker tracker = choice.tracker()) {
            if (!stop.mayCreateFiles()) {
                return TraceEnd.Reason.PROGRAM_ENDED;
            }
            try (TraceWriter writer = TraceWriter.create(plan.output(), plan.maxSizeBytes())) {
                return record(probe, tracker, choice.reason(), writer, started);
            }
        }
    }

    /** False if the program ends. JNA's library is a file for as long as it takes to load it. */
    private boolean loadNativeAccess() {
        if (!stop.mayCreateFiles()) {
            return false;
        }
        try {
            NativeAccess.initialise();
        } finally {
            stop.filesAreDone();
        }
        return true;
    }

    private TraceEnd.Reason record(
            HeapProbe probe, DirtyPageTracker tracker, String trackerReason, TraceWriter writer, Runnable started) {
        long startNanos = System.nanoTime();
        boolean edenTracked = plan.edenTracked() || !probe.hasLayout();
        JvmFacts facts = JvmFactsReader.read(
                probe.hasLayout() ? probe.collector() : Collector.OTHER, tracker.kind(), edenTracked, plan.interval());
        writer.offer(facts);
        TraceSink sink = new TraceSink(writer, startNanos, observer, say);
        if (!trackerReason.isEmpty()) {
            sink.notice(trackerReason);
        }
        TraceEnd.Reason reason;
        try (Recording recording =
                new Recording(plan, facts, instrumentation, requests, probe, tracker, sink, stop, housekeeping)) {
            started.run();
            reason = recording.run();
        }
        writer.close(reason, sink.now());
        writer.failure().ifPresent(say);
        return writer.isFull() ? TraceEnd.Reason.OUT_OF_SPACE : reason;
    }
}
