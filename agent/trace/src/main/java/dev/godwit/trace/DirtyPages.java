package dev.godwit.trace;

/**
 * Pages that changed in one interval.
 *
 * <p>The first record of a trace has {@code fromNanos == timeNanos}: its {@code written} are all pages that were
 * present when tracking began. From then on a page that appears for the first time is also a written one.
 *
 * @param fromNanos when the interval began
 * @param timeNanos when it ended
 * @param epoch collections completed when the interval ended
 * @param written pages written at least once in the interval, as the kernel reported them
 * @param assumed pages not tracked but taken as written: Eden's, when {@link JvmFacts#edenTracked()} is false, derived
 *     from how far it was filled in the interval; disjoint from {@code written}
 * @param dropped pages that were present and are no more: unmapped or discarded; their content reads as zeros
 */
public record DirtyPages(
        long fromNanos, long timeNanos, long epoch, PageRuns written, PageRuns assumed, PageRuns dropped)
        implements TraceRecord {}
