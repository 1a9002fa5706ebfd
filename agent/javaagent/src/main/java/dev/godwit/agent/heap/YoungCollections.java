package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import java.lang.instrument.Instrumentation;

/** Chooses a {@link YoungCollection}. */
final class YoungCollections {
    private YoungCollections() {}

    static YoungCollection open(Instrumentation instrumentation, HeapProbe probe) {
        if (probe.collector() == Collector.OTHER) {
            throw new IllegalStateException(
                    "cannot force a young collection: the collector is neither G1 nor Parallel nor Serial");
        }
        try {
            if (InternalAccess.open(instrumentation)) {
                return WhiteBoxCollection.open(LibJvm.open(), probe);
            }
        } catch (RuntimeException | LinkageError e) {
            // A VM without this interface, or with another class of its name: the plain way is left.
            return new EdenFilling(probe);
        }
        return new EdenFilling(probe);
    }
}
