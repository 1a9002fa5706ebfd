package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.EncodedPages;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.transport.Link;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * Sends the memory of a guest that already runs at the destination: what it waits for at once, the rest meanwhile, each
 * page once.
 *
 * <p>Example: latency 100 us, 1 Gbit/s, a page 33 us, a chunk 525 us. A fault reaches the source 100 us later, waits for
 * the chunk that is leaving, at most 525 us, and its page is there 133 us after that.
 */
final class DemandPaging {
    /** What is pushed without looking at requests: 64 KiB of 4 KiB pages; the longest that a request waits behind. */
    static final int PUSH_CHUNK_PAGES = 16;

    /** How long nobody looks whether the guest waits, where the link is faster than that. */
    private static final long LISTEN_NANOS = 20_000;

    private static final int PAGES_BETWEEN_REPORTS = 4096;

    private final DemandSide side;
    private final Link link;
    private final MigrationCpu cpu;
    private final PageEncoder encoder;
    private final EncodedPages.Meter meter;
    private final GuestMemory from;
    private final GuestMemory to;
    private final MigrationStatistics statistics;
    private final ProgressListener progress;
    private final PageBitmap unsent;
    private final int pages;
    private final PushOrder order;
    private final IntPredicate sentBefore;
    private final int round;
    private int unsentPages;

    /**
     * @param side what is heard of the destination
     * @param pages what the destination lacks; not changed
     * @param sentBefore pages that the destination has an older version of
     * @param round number of the round in reports
     */
    DemandPaging(
            MigrationSetting setting,
            MigrationStatistics statistics,
            DemandSide side,
            PageBitmap pages,
            PushOrder order,
            IntPredicate sentBefore,
            int round) {
        this.side = side;
        this.link = setting.link();
        this.cpu = setting.cpu();
        this.encoder = setting.encoder();
        this.meter = new EncodedPages.Meter(encoder);
        this.from = setting.source().memory();
        this.to = setting.destination().memory();
        this.progress = setting.progress();
        this.statistics = statistics;
        this.unsent = pages.copy();
        this.pages = pages.count();
        this.unsentPages = this.pages;
        this.order = order;
        this.sentBefore = sentBefore;
        this.round = round;
    }

    /**
     * Sends until the destination has every page, or until it is to stop.
     *
     * @param stop is asked before each chunk
     * @return false if it was stopped
     */
    boolean run(BooleanSupplier stop) {
        side.hear();
        while (unsentPages > 0 || side.isUnderway()) {
            if (stop.getAsBoolean()) {
                return false;
            }
            int wanted = side.takeRequest();
            if (wanted != DemandSide.NO_REQUEST) {
                answer(wanted);
            } else if (unsentPages > 0 && side.mayPush()) {
                pushChunk();
            } else {
                side.await();
            }
        }
        return true;
    }

    /**
     * Sends what the destination asks for, and nothing else, until something is so.
     *
     * @param lookNanos how long nobody looks whether it asks, if that is longer than a request takes
     */
    void serve(BooleanSupplier until, long lookNanos) {
        long pauseNanos = Math.max(lookNanos, Math.max(LISTEN_NANOS, link.latencyNanos()));
        side.hear();
        while (!until.getAsBoolean()) {
            int wanted = side.takeRequest();
            if (wanted != DemandSide.NO_REQUEST) {
                answer(wanted);
            } else {
                side.listen(pauseNanos);
            }
        }
    }

    /** Requests of the destination, one for each fault. */
    long requests() {
        return side.requests();
    }

    /** Pages sent so far. */
    int sentPages() {
        return pages - unsentPages;
    }

    /** Pages that the destination still lacks. */
    int missingPages() {
        return to.missingPages();
    }

    private void answer(int gfn) {
        order.faulted(gfn);
        // A page that the push has sent meanwhile is on its way: it goes once.
        if (unsent.get(gfn)) {
            send(gfn, true);
            side.flush();
        }
    }

    private void pushChunk() {
        for (int i = 0; i < PUSH_CHUNK_PAGES && unsentPages > 0; i++) {
            send(order.next(unsent), false);
        }
        side.flush();
    }

    private void send(int gfn, boolean demanded) {
        unsent.clear(gfn);
        unsentPages--;
        long content = from.read(gfn);
        boolean zero = PageContent.isZero(content);
        int bytes = encoder.encode(gfn, PageContent.kindCode(content), zero);
        EncodedPages page = meter.take(from.pageSizeBytes(), bytes);
        if (demanded) {
            cpu.sendDemanded(link, page);
        } else {
            cpu.send(link, page);
        }
        statistics.sentPage(PageContent.kindCode(content), bytes, zero, sentBefore.test(gfn));
        side.sent(gfn, content);
        if (unsentPages % PAGES_BETWEEN_REPORTS == 0) {
            progress.progressed(round, pages - unsentPages, pages);
        }
        side.hear();
    }
}
