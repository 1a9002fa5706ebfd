package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.PageReader;
import dev.godwit.hypervisor.guest.live.ProcessDirtyLog;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * Reads the pages that are sent next out of the process, all of a batch by one system call, and puts them into the stream's
 * batch: zeros as nothing, the rest as it is. They are read to where the connection takes them from: a page is moved only
 * if one of zeros stood before it.
 *
 * <p>They are read after the dirty log was cleared, so that a write in between is seen the next time.
 */
final class ProcessPageEncoder implements PageEncoder, AutoCloseable {
    private final PageReader reader;
    private final PageBatch batch;
    private final ProcessPages pages;
    private final int pageBytes;
    private final Runnable roundEnded;
    private final LongConsumer spentNanos;
    private final PageBitmap sent;
    private int next;

    /**
     * @param batchMemory what the batch's data is in
     * @param roundEnded is told when a round is over
     * @param spentNanos is told how long reading took
     */
    ProcessPageEncoder(
            RunningProcess process,
            ProcessPages pages,
            ProcessDirtyLog log,
            PageBatch batch,
            NativeBuffer batchMemory,
            int pageBytes,
            Runnable roundEnded,
            LongConsumer spentNanos) {
        this.reader =
                PageReader.into(batchMemory, process, pages, log::hasContent, SourceStream.BATCH_PAGES, pageBytes);
        this.pages = pages;
        this.sent = new PageBitmap(pages.capacity());
        this.batch = batch;
        this.pageBytes = pageBytes;
        this.roundEnded = roundEnded;
        this.spentNanos = spentNanos;
    }

    @Override
    public void readAhead(int[] gfns, int count) {
        long nanos = reader.read(gfns, count, batch.room().position());
        next = 0;
        spentNanos.accept(nanos);
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        ByteBuffer page = reader.page(next++);
        sent.set(gfn);
        long number = pages.page(gfn);
        if (page == null) {
            batch.zero(number, 1);
            return HEADER_BYTES + ZERO_BODY_BYTES;
        }
        ByteBuffer room = batch.room();
        if (room.position() != page.position()) {
            room.put(page);
        }
        batch.raw(number, 1);
        return HEADER_BYTES + pageBytes;
    }

    /** True if the destination was given the page, in whatever version. */
    boolean wasSent(int gfn) {
        return sent.get(gfn);
    }

    @Override
    public int encodedBytes(boolean zero) {
        return HEADER_BYTES + (zero ? ZERO_BODY_BYTES : pageBytes);
    }

    @Override
    public void endRound() {
        roundEnded.run();
    }

    @Override
    public void close() {
        reader.close();
    }
}
