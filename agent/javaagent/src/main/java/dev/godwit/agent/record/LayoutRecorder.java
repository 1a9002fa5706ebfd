package dev.godwit.agent.record;

import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.trace.HeapLayout;
import java.util.Optional;

/** Writes heap layouts: before each scan, and after each collection. */
final class LayoutRecorder {
    /** How often a layout may be torn by a collection in a row before that counts as a failure. */
    private static final int MOST_TORN = 20;

    private final HeapProbe probe;
    private final TraceSink sink;
    private final Part part;
    private HeapLayout last;
    private int torn;
    private boolean fresh;

    LayoutRecorder(HeapProbe probe, TraceSink sink) {
        this.probe = probe;
        this.sink = sink;
        this.part = new Part("the heap layout", sink);
        if (!probe.limitation().isEmpty()) {
            sink.notice(probe.limitation());
        }
    }

    /** True while layouts can be read. */
    boolean isAvailable() {
        return probe.hasLayout() && !part.hasFailed();
    }

    /** Collections completed so far; zero when the VM does not tell. */
    long epoch() {
        return probe.hasLayout() ? probe.epoch() : 0;
    }

    /** True if a collection has completed since the last layout. */
    boolean isOutdated() {
        return isAvailable() && last != null && probe.epoch() != last.epoch() && !probe.isCollecting();
    }

    /** The layout read last, if any. */
    Optional<HeapLayout> last() {
        return Optional.ofNullable(last);
    }

    /** When that was, nanoseconds since the recording started. */
    long lastNanos() {
        return last == null ? Long.MIN_VALUE : last.timeNanos();
    }

    /** Reads and writes the layout; empty if there is none at this moment. */
    Optional<HeapLayout> record() {
        Optional<HeapLayout> read = Optional.empty();
        fresh = false;
        if (probe.hasLayout() && part.run(this::read) && fresh) {
            read = Optional.of(last);
        }
        return read;
    }

    private void read() {
        try {
            HeapLayout layout = probe.read(sink.now());
            torn = 0;
            fresh = true;
            last = layout;
            sink.put(layout);
        } catch (IllegalStateException e) {
            // A collection may have come in between; the next reading will do.
            torn++;
            if (torn >= MOST_TORN) {
                throw e;
            }
        }
    }
}
