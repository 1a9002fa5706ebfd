package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.trace.MemoryKind;

/** What was written between two scans. */
public final class Interval {
    private final long fromNanos;
    private final long toNanos;
    private final long[] pagesByKind;
    private final long assumedPages;

    /** Takes the array over; it is indexed by {@link MemoryKind#code()}. */
    Interval(long fromNanos, long toNanos, long[] pagesByKind, long assumedPages) {
        this.fromNanos = fromNanos;
        this.toNanos = toNanos;
        this.pagesByKind = pagesByKind;
        this.assumedPages = assumedPages;
    }

    /** Its beginning. */
    public long fromNanos() {
        return fromNanos;
    }

    /** Its end. */
    public long toNanos() {
        return toNanos;
    }

    /** Its length. */
    public long nanos() {
        return toNanos - fromNanos;
    }

    /** Pages of the kind written in it. */
    public long pages(MemoryKind kind) {
        return pagesByKind[kind.code()];
    }

    /** Pages written in it. */
    public long pages() {
        long sum = 0;
        for (long pages : pagesByKind) {
            sum += pages;
        }
        return sum;
    }

    /** Of these, pages that were not tracked but derived. */
    public long assumedPages() {
        return assumedPages;
    }
}
