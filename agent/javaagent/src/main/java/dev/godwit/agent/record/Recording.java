package dev.godwit.agent.record;

import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.agent.hint.DeclaredReader;
import dev.godwit.agent.hint.HintReader;
import dev.godwit.agent.hint.SignalReader;
import dev.godwit.agent.pages.DirtyPageTracker;
import dev.godwit.bootstrap.HintBridge;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.TraceEnd;
import java.lang.instrument.Instrumentation;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The loop of a recording.
 *
 * <p>Between two scans the thread sleeps; a collection wakes it, so that the layout behind it is read while it is fresh.
 * Only while the application gives hints it also wakes by itself every few milliseconds to read them.
 */
final class Recording implements AutoCloseable {
    /** Time between two readings of the hints while there are any. */
    private static final long BUSY_READING_NANOS = 5_000_000;

    /** The same when there has been none for a while. */
    private static final long QUIET_READING_NANOS = 25_000_000;

    private static final long BUSY_FOR_NANOS = 1_000_000_000;

    /** Between two layouts after collections: some programs collect hundreds of times a second. */
    private static final long LEAST_LAYOUT_NANOS = 2_000_000;

    private final TraceSink sink;
    private final StopSignal stop;
    private final BooleanSupplier housekeeping;
    private final LayoutRecorder layouts;
    private final Part collectionPart;
    /** None where the JVM has no module {@code jdk.management}. */
    private CollectionRecorder collections;

    private final PageRecorder pages;
    private final MemoryRecorder memory;
    private final HintReader hints;
    private final ForcedCollections forced;
    private final Part hintPart;
    private final Part signalPart;
    private final Part declaredPart;
    private final DeclaredReader declared;
    private final HeapProbe probe;
    private SignalReader signals;

    private final long intervalNanos;
    private final long endNanos;
    private long nextScanNanos;
    private long nextReadingNanos;
    private long busyUntilNanos;
    private boolean moreHousekeeping;

    Recording(
            RecordingPlan plan,
            JvmFacts facts,
            Instrumentation instrumentation,
            CollectionRequests requests,
            HeapProbe probe,
            DirtyPageTracker tracker,
            TraceSink sink,
            StopSignal stop,
            BooleanSupplier housekeeping) {
        this.sink = sink;
        this.probe = probe;
        this.stop = stop;
        this.housekeeping = housekeeping;
        Thread self = Thread.currentThread();
        layouts = new LayoutRecorder(probe, sink);
        collectionPart = new Part("the recording of collections", sink);
        collectionPart.run(() ->
                collections = new CollectionRecorder(sink, () -> LockSupport.unpark(self), layouts::epoch, requests));
        Optional<EdenAssumption> eden = facts.edenTracked()
                ? Optional.empty()
                : Optional.of(new EdenAssumption(facts.collector(), facts.pageSizeBytes()));
        pages = new PageRecorder(tracker, sink, eden);
        memory = new MemoryRecorder(probe, plan.sample(), sink);
        hints = new HintReader(sink.startNanos(), sink::put);
        hintPart = new Part("the reading of hints", sink);
        forced = new ForcedCollections(plan, instrumentation, probe, requests, sink);
        declared = new DeclaredReader(sink::put);
        declaredPart = new Part("the reading of declared buffers", sink);
        signalPart = new Part("the reading of the JVM's signals", sink);
        intervalNanos = plan.interval().toNanos();
        endNanos = plan.duration().map(duration -> duration.toNanos()).orElse(Long.MAX_VALUE);
    }

    /** Records until it is time to end; returns why. */
    TraceEnd.Reason run() {
        begin();
        Optional<TraceEnd.Reason> end = end();
        while (end.isEmpty()) {
            sleep();
            moreHousekeeping = housekeeping.getAsBoolean();
            afterCollection();
            readHints();
            if (sink.now() >= nextScanNanos) {
                scan();
            }
            forced.collectIfDue();
            end = end();
        }
        finish(end.get());
        return end.get();
    }

    private void finish(TraceEnd.Reason reason) {
        nextReadingNanos = 0;
        readHints();
        if (reason == TraceEnd.Reason.COMPLETED) {
            scan();
        }
        // A program that ends is not kept waiting for a scan.
        hintPart.run(hints::flush);
        collectionPart.run(() -> collections.drain());
    }

    private void begin() {
        memory.record();
        scan();
        nextScanNanos = sink.now() + intervalNanos;
    }

    private Optional<TraceEnd.Reason> end() {
        Optional<TraceEnd.Reason> given = stop.given();
        if (given.isPresent()) {
            return given;
        }
        if (sink.isExhausted()) {
            return Optional.of(TraceEnd.Reason.OUT_OF_SPACE);
        }
        return sink.now() >= endNanos ? Optional.of(TraceEnd.Reason.COMPLETED) : Optional.empty();
    }

    private void sleep() {
        long until = Math.min(Math.min(nextScanNanos, endNanos), forced.nextNanos());
        if (moreHousekeeping) {
            until = Math.min(until, sink.now() + BUSY_READING_NANOS);
        }
        if (HintBridge.count() > 0) {
            until = Math.min(until, nextReadingNanos);
        }
        long nanos = until - sink.now();
        if (nanos > 0 && stop.given().isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
    }

    private void afterCollection() {
        if (layouts.isOutdated() && sink.now() - layouts.lastNanos() >= LEAST_LAYOUT_NANOS) {
            recordLayout();
        }
    }

    /** Writes the collections, then the layout behind them. */
    private Optional<HeapLayout> recordLayout() {
        Optional<HeapLayout> before = layouts.last();
        Optional<HeapLayout> now = layouts.record();
        collectionPart.run(() -> collections.drain());
        boolean collected = before.isPresent()
                && now.isPresent()
                && before.get().epoch() != now.get().epoch();
        if (collected) {
            pages.collected(before.get(), collectionPart.hasFailed() ? 0 : collections.takeEdenBeforeBytes());
        }
        return now;
    }

    private void readHints() {
        long now = sink.now();
        if (now < nextReadingNanos) {
            return;
        }
        hintPart.run(() -> hints.read(sink.startNanos() + now));
        declaredPart.run(() -> declared.read(sink.now()));
        busyUntilNanos = hints.isActive() ? now + BUSY_FOR_NANOS : busyUntilNanos;
        nextReadingNanos = now + (now < busyUntilNanos ? BUSY_READING_NANOS : QUIET_READING_NANOS);
    }

    private void readSignals() {
        if (signals == null) {
            signals = new SignalReader(() -> probe.hasLayout() ? OptionalLong.of(probe.epoch()) : OptionalLong.empty());
        }
        sink.put(signals.read(sink.now(), false));
    }

    private void scan() {
        Optional<HeapLayout> layout = recordLayout();
        signalPart.run(this::readSignals);
        pages.scan(layouts.epoch(), layout);
        memory.record();
        // Who ends the recording waits for this scan: pages are not compressed in it then.
        if (stop.given().isEmpty()) {
            memory.sampleIfDue(layout);
        }
        hintPart.run(hints::flush);
        nextScanNanos = Math.max(nextScanNanos + intervalNanos, sink.now());
    }

    @Override
    public void close() {
        if (collections != null) {
            collections.close();
        }
        memory.close();
    }
}
