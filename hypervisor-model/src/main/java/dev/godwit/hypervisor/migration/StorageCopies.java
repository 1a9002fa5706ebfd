package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;

/**
 * Pages of a guest whose content also lies on storage that both hosts reach: its kernel's page cache, mapped files, a
 * database's buffer pool. What lies there is what memory held when it was last the same as on disk; the guest does not write
 * back in the model, so that a page once written is never in step again.
 *
 * <p>Cost: eight bytes for each page of the guest.
 */
public class StorageCopies {
    /** Of a SATA solid-state disk; assumed, not measured. */
    public static final long DEFAULT_BANDWIDTH_BYTES_PER_SECOND = 500_000_000;

    /** Lower end of the single-digit milliseconds that network volumes promise; assumed, not measured. */
    public static final long DEFAULT_LATENCY_NANOS = 1_000_000;

    private final long bandwidthBytesPerSecond;
    private final long latencyNanos;
    private long[] contents = {};
    private PageBitmap laid = new PageBitmap(0);

    /**
     * Storage with nothing of the guest on it yet.
     *
     * @param bandwidthBytesPerSecond at which the destination reads it, positive
     * @param latencyNanos until the first byte comes, not negative
     * @throws IllegalArgumentException if a figure is out of its range; the message is one line for the user
     */
    public StorageCopies(long bandwidthBytesPerSecond, long latencyNanos) {
        if (bandwidthBytesPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "storage of " + bandwidthBytesPerSecond + " bytes/s: give a bandwidth above zero");
        }
        if (latencyNanos < 0) {
            throw new IllegalArgumentException("storage latency of " + latencyNanos + " ns: give one of zero or more");
        }
        this.bandwidthBytesPerSecond = bandwidthBytesPerSecond;
        this.latencyNanos = latencyNanos;
    }

    /** These pages are at this moment the same in memory and on storage. */
    public void lay(GuestMemory memory, PageBitmap pages) {
        contents = new long[memory.pages()];
        laid = pages.copy();
        for (int gfn = laid.next(0); gfn >= 0; gfn = laid.next(gfn + 1)) {
            contents[gfn] = memory.peek(gfn);
        }
    }

    /**
     * Which pages are the same in memory and on storage: what the guest's kernel and its database know of theirs, as clean
     * pages. Pages of zeros are left out, because nothing is cheaper to send.
     */
    public PageBitmap inStep(GuestMemory memory) {
        PageBitmap inStep = new PageBitmap(memory.pages());
        for (int gfn = laid.next(0); gfn >= 0; gfn = laid.next(gfn + 1)) {
            if (memory.peek(gfn) == contents[gfn] && !PageContent.isZero(contents[gfn])) {
                inStep.set(gfn);
            }
        }
        memory.balloon().removeFrom(inStep);
        return inStep;
    }

    /** What lies there of a page; meaningless for one of which nothing does. */
    public long content(int gfn) {
        return contents[gfn];
    }

    public long bandwidthBytesPerSecond() {
        return bandwidthBytesPerSecond;
    }

    public long latencyNanos() {
        return latencyNanos;
    }
}
