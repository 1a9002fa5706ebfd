package dev.godwit.hypervisor.migration.refetch;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RefetchStatistics;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.sim.VirtualClock;

/**
 * The destination reads pages from shared storage, from the first on, while the link is busy with others. Whoever has the
 * link and nothing to send takes from the end, so that both are done at the same time.
 *
 * <p>A page is taken from storage only if nobody has sent it: what is sent was read later, and may be newer. A page that is
 * written after it was found in step is in the dirty log, which began before that was asked, and is sent like any other.
 *
 * <p>Example: 256 MiB in step, 500 MB/s and 1 ms: 0.54 s on storage instead of 2.15 s on a link of 1 Gbit/s.
 */
public final class Refetch {
    /** One frame number, and one block number on storage. */
    static final int LIST_BYTES_PER_PAGE = 16;

    /** 256 KiB of 4 KiB pages in a request; requests follow each other without a gap. */
    private static final int REQUEST_PAGES = 64;

    private final StorageCopies copies;
    private final VirtualClock clock;
    private final GuestMemory from;
    private final GuestMemory to;
    private final MigrationStatistics statistics;
    private final PageBitmap waiting;
    private final int[] requested = new int[REQUEST_PAGES];
    private int requestedPages;
    private int first;
    private int last;
    private long offeredPages;
    private long sentInsteadPages;
    private long startedNanos;
    private long lastNanos;
    private double busyUntil;
    private boolean closed;

    public Refetch(MigrationSetting setting, StorageCopies copies, MigrationStatistics statistics) {
        this.copies = copies;
        this.statistics = statistics;
        clock = setting.virtualClock();
        from = setting.source().memory();
        to = setting.destination().memory();
        waiting = new PageBitmap(from.pages());
    }

    /** Pages that are in step now; the dirty log must have begun, or a write meanwhile would be lost. */
    public PageBitmap inStep() {
        return copies.inStep(from);
    }

    /** What it takes to tell the destination which pages it is to read where. */
    public static long listBytes(PageBitmap pages) {
        return (long) pages.count() * LIST_BYTES_PER_PAGE;
    }

    /** The destination was told of these pages and begins to read. */
    public void begin(PageBitmap pages) {
        for (int gfn = pages.next(0); gfn >= 0; gfn = pages.next(gfn + 1)) {
            waiting.set(gfn);
        }
        last = pages.pages() - 1;
        offeredPages = pages.count();
        startedNanos = clock.nanos();
        lastNanos = startedNanos;
        busyUntil = (double) startedNanos + copies.latencyNanos();
        request();
    }

    private void request() {
        int pages = 0;
        for (first = waiting.next(first); first >= 0 && pages < REQUEST_PAGES; first = waiting.next(first)) {
            waiting.clear(first);
            requested[pages++] = first;
        }
        first = first < 0 ? waiting.pages() : first;
        requestedPages = pages;
        if (pages > 0) {
            busyUntil += pages * (double) from.pageSizeBytes() * 1e9 / copies.bandwidthBytesPerSecond();
            clock.at((long) Math.ceil(busyUntil), this::arrive);
        }
    }

    private void arrive() {
        if (closed) {
            return;
        }
        for (int i = 0; i < requestedPages; i++) {
            int gfn = requested[i];
            // A page that the guest has given back meanwhile holds nothing.
            if (!from.balloon().holds(gfn)) {
                statistics.refetchedPage();
                to.receive(gfn, copies.content(gfn));
            }
        }
        lastNanos = clock.nanos();
        request();
    }

    /** The last page that storage has not been asked for yet, which is to be sent instead; -1 if there is none. */
    public int takeLast() {
        for (last = waiting.previous(last); last >= 0; last = waiting.previous(last)) {
            waiting.clear(last);
            if (!from.balloon().holds(last)) {
                sentInsteadPages++;
                return last;
            }
        }
        return -1;
    }

    /** Waits for what storage was asked for. */
    public void await() {
        while (requestedPages > 0) {
            clock.advance(Math.max(0, (long) Math.ceil(busyUntil) - clock.nanos()));
        }
    }

    /** The migration is over, however it ended: what still comes is not wanted. */
    public void close() {
        closed = true;
        long pages = statistics.refetchedPages();
        statistics.setRefetch(new RefetchStatistics(
                offeredPages,
                pages,
                pages * from.pageSizeBytes(),
                sentInsteadPages,
                offeredPages * LIST_BYTES_PER_PAGE,
                lastNanos - startedNanos));
    }
}
