package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.EncodedPages;
import dev.godwit.hypervisor.migration.MigrationCpu;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.transport.Link;
import java.util.ArrayDeque;
import java.util.Deque;
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

    private final Clock clock;
    private final Link link;
    private final MigrationCpu cpu;
    private final PageEncoder encoder;
    private final EncodedPages.Meter meter;
    private final GuestMemory from;
    private final VirtualMachine destination;
    private final GuestMemory to;
    private final MigrationStatistics statistics;
    private final ProgressListener progress;
    private final PageBitmap unsent;
    private final int pages;
    private final PushOrder order;
    private final IntPredicate sentBefore;
    private final int round;
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private int unsentPages;
    private long requests;
    private Request request;

    /** A page on its way. */
    private record InFlight(long arrivesNanos, int gfn, long content) {}

    /** What the destination asked for, and when the source hears of it. */
    private record Request(long arrivesNanos, int gfn) {}

    /**
     * @param pages what the destination lacks; not changed
     * @param sentBefore pages that the destination has an older version of
     * @param round number of the round in reports
     */
    DemandPaging(
            MigrationSetting setting,
            MigrationStatistics statistics,
            PageBitmap pages,
            PushOrder order,
            IntPredicate sentBefore,
            int round) {
        this.clock = setting.clock();
        this.link = setting.link();
        this.cpu = setting.cpu();
        this.encoder = setting.encoder();
        this.meter = new EncodedPages.Meter(encoder);
        this.from = setting.source().memory();
        this.destination = setting.destination();
        this.to = destination.memory();
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
        hear();
        while (unsentPages > 0 || !inFlight.isEmpty()) {
            if (stop.getAsBoolean()) {
                return false;
            }
            if (request != null && clock.nanos() >= request.arrivesNanos) {
                answer();
            } else if (unsentPages > 0) {
                pushChunk();
            } else {
                await();
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
        hear();
        while (!until.getAsBoolean()) {
            if (request != null && clock.nanos() >= request.arrivesNanos) {
                answer();
            } else {
                listen(pauseNanos);
            }
        }
    }

    private void listen(long pauseNanos) {
        long next = clock.nanos() + pauseNanos;
        if (request != null) {
            next = Math.min(next, request.arrivesNanos);
        }
        if (!inFlight.isEmpty()) {
            next = Math.min(next, inFlight.getFirst().arrivesNanos);
        }
        clock.advance(Math.max(0, next - clock.nanos()));
        hear();
    }

    /** Requests of the destination, one for each fault. */
    long requests() {
        return requests;
    }

    /** Pages sent so far. */
    int sentPages() {
        return pages - unsentPages;
    }

    /** Pages that the destination still lacks. */
    int missingPages() {
        return to.missingPages();
    }

    private void answer() {
        int gfn = request.gfn;
        request = null;
        order.faulted(gfn);
        // A page that the push has sent meanwhile is on its way: it goes once.
        if (unsent.get(gfn)) {
            send(gfn, true);
        }
    }

    private void pushChunk() {
        for (int i = 0; i < PUSH_CHUNK_PAGES && unsentPages > 0; i++) {
            send(order.next(unsent), false);
        }
    }

    private void await() {
        long next = inFlight.getFirst().arrivesNanos;
        clock.advance(Math.max(0, (request == null ? next : Math.min(next, request.arrivesNanos)) - clock.nanos()));
        hear();
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
        inFlight.add(new InFlight(clock.nanos() + link.latencyNanos(), gfn, content));
        if (unsentPages % PAGES_BETWEEN_REPORTS == 0) {
            progress.progressed(round, pages - unsentPages, pages);
        }
        hear();
    }

    /** Time has passed: the guest may stand before a page, and pages arrive. */
    private void hear() {
        if (destination.faults().count() > requests) {
            // Before pages arrive: the page that is waited for may be among them.
            requests++;
            request = new Request(destination.faults().sinceNanos() + link.latencyNanos(), to.faultedPage());
        }
        while (!inFlight.isEmpty() && inFlight.getFirst().arrivesNanos <= clock.nanos()) {
            InFlight page = inFlight.removeFirst();
            to.receive(page.gfn, page.content);
        }
    }
}
