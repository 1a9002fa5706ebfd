package dev.godwit.hypervisor.page;

import dev.godwit.trace.MemoryKind;
import java.util.List;
import java.util.Map;

/**
 * What was encoded how.
 *
 * @param cpuNanos processor time of the source
 * @param kinds kinds of which a page was sent, in their order
 * @param delta counters of the cache of sent pages
 */
public record EncodingReport(long cpuNanos, List<Kind> kinds, DeltaStatistics delta) {

    /**
     * One kind of memory.
     *
     * @param kind which
     * @param sampled false if the trace has no sample of it, so that it was sent raw
     * @param first what was picked for a page whose earlier version is not at hand
     * @param again what was picked for a page whose earlier version is in the cache
     * @param pages pages sent by encoding
     */
    public record Kind(MemoryKind kind, boolean sampled, Encoding first, Encoding again, Map<Encoding, Long> pages) {}
}
