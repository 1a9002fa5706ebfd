package dev.godwit.agent.record;

import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.agent.heap.YoungCollection;
import java.lang.instrument.Instrumentation;

/** Forces young collections, if the user asked for them. */
final class ForcedCollections {
    private static final long NEVER = Long.MAX_VALUE;

    private final Instrumentation instrumentation;
    private final HeapProbe probe;
    private final CollectionRequests requests;
    private final TraceSink sink;
    private final Part part;
    private final long periodNanos;
    private YoungCollection young;
    private long nextNanos;

    ForcedCollections(
            RecordingPlan plan,
            Instrumentation instrumentation,
            HeapProbe probe,
            CollectionRequests requests,
            TraceSink sink) {
        this.instrumentation = instrumentation;
        this.probe = probe;
        this.requests = requests;
        this.sink = sink;
        part = new Part("forcing a young collection", sink);
        periodNanos = plan.collectPeriod().map(period -> period.toNanos()).orElse(NEVER);
        nextNanos = plan.collectAtStart() ? 0 : periodNanos;
    }

    /** When the next one is due, nanoseconds since the recording started; the largest number for never. */
    long nextNanos() {
        return nextNanos;
    }

    void collectIfDue() {
        if (sink.now() < nextNanos) {
            return;
        }
        boolean collected = part.run(this::collect);
        nextNanos = collected && periodNanos != NEVER ? sink.now() + periodNanos : NEVER;
    }

    private void collect() {
        if (young == null) {
            young = YoungCollection.open(instrumentation, probe);
        }
        requests.during(young::collect);
    }
}
