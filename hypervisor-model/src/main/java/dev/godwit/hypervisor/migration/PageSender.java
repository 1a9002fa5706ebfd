package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.transport.Link;
import dev.godwit.trace.MemoryKind;
import java.util.stream.Collectors;

/**
 * Puts pages on the link, in batches: a batch is read at one moment, then the link is busy with it, and the guest writes
 * on meanwhile.
 */
public final class PageSender {
    /** 256 KiB of 4 KiB pages: 2 ms at 1 Gbit/s. */
    private static final int BATCH_PAGES = 64;

    private static final int NO_PAGE = -2;

    private final GuestMemory from;
    private final GuestMemory to;
    private final Link link;
    private final MigrationCpu cpu;
    private final PageEncoder encoder;
    private final EncodedPages.Meter meter;
    private final MigrationStatistics statistics;
    private final PageBitmap sentOnce;
    private final int[] batchGfns = new int[BATCH_PAGES];
    private final long[] batchContents = new long[BATCH_PAGES];
    private int batchPages;
    private long sentPages;

    public PageSender(MigrationSetting setting, MigrationStatistics statistics) {
        this.from = setting.source().memory();
        this.to = setting.destination().memory();
        this.link = setting.link();
        this.cpu = setting.cpu();
        this.encoder = setting.encoder();
        this.meter = new EncodedPages.Meter(encoder);
        this.statistics = statistics;
        this.sentOnce = new PageBitmap(from.pages());
    }

    /**
     * Sends a page as it is now. Its dirty bit must have been cleared before: a write between this read and a later
     * clearing would be lost.
     *
     * @return true if that filled a batch, so that time has passed
     */
    public boolean send(int gfn) {
        long content = from.read(gfn);
        to.receive(gfn, content);
        sentPages++;
        batchGfns[batchPages] = gfn;
        batchContents[batchPages] = content;
        if (++batchPages < BATCH_PAGES) {
            return false;
        }
        flush();
        return true;
    }

    /** Waits until everything has left. */
    public void flush() {
        long pageBytes = (long) batchPages * from.pageSizeBytes();
        long bytes = encodeBatch();
        batchPages = 0;
        cpu.send(link, meter.take(pageBytes, bytes));
    }

    private long encodeBatch() {
        encoder.readAhead(batchGfns, batchPages);
        long bytes = 0;
        for (int i = 0; i < batchPages; i++) {
            int gfn = batchGfns[i];
            int kindCode = PageContent.kindCode(batchContents[i]);
            boolean zero = PageContent.isZero(batchContents[i]);
            int encoded = encoder.encode(gfn, kindCode, zero);
            statistics.sentPage(kindCode, encoded, zero, sentOnce.get(gfn));
            sentOnce.set(gfn);
            bytes += encoded;
        }
        return bytes;
    }

    /** What a page would take of the link if it were sent now. */
    public double expectedBytes(int gfn) {
        if (!encoder.isSelective()) {
            return encoder.encodedBytes(false);
        }
        long content = from.peek(gfn);
        return encoder.expectedBytes(gfn, PageContent.kindCode(content), PageContent.isZero(content));
    }

    /** The same of a page that a collection would have filled with survivors. */
    public double expectedSurvivorBytes() {
        return encoder.isSelective()
                ? encoder.expectedBytes(NO_PAGE, MemoryKind.SURVIVOR.code(), false)
                : encoder.encodedBytes(false);
    }

    /** Versions sent so far are older by a round. */
    public void endRound() {
        encoder.endRound();
    }

    /** Says so of kinds of memory of which nothing was known. */
    public void noticeKindsSentRaw() {
        encoder.report().ifPresent(report -> {
            String kinds = report.kinds().stream()
                    .filter(kind -> !kind.sampled())
                    .map(kind -> kind.kind().label())
                    .collect(Collectors.joining(", "));
            if (!kinds.isEmpty()) {
                statistics.notice(
                        "the trace has no sample of the contents of these kinds of memory, they were sent raw: "
                                + kinds);
            }
        });
    }

    /** True if the page was sent before, as it was then. */
    public boolean wasSent(int gfn) {
        return sentOnce.get(gfn);
    }

    /** Number of pages sent so far; a page sent twice counts twice. */
    public long sentPages() {
        return sentPages;
    }
}
