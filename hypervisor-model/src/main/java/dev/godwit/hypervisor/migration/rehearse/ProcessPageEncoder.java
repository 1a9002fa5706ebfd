package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.PageReader;
import dev.godwit.hypervisor.guest.live.ProcessDirtyLog;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.sim.ProcessorTime;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Reads the pages that are sent next out of the process, all of a batch by one system call, and puts them into the stream's
 * batch: zeros as nothing, the rest as it is. They are read to where the connection takes them from: a page is moved only
 * if one of zeros stood before it. If they are to be made smaller, they are read elsewhere, and what was made of them is put
 * there.
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
    private final Optional<Squeezing> squeezing;
    private final PagesInFiles inFiles;
    private int next;
    private int readPages;
    private long encodingFromNanos;
    private long encodingFromCpuNanos;

    /**
     * @param batchMemory what the batch's data is in
     * @param squeezing empty: pages go as they are
     * @param inFiles pages that the destination found in files: they go as nothing
     * @param roundEnded is told when a round is over
     * @param spentNanos is told how long reading and encoding took
     */
    ProcessPageEncoder(
            RunningProcess process,
            ProcessPages pages,
            ProcessDirtyLog log,
            PageBatch batch,
            NativeBuffer batchMemory,
            int pageBytes,
            Optional<Squeezing> squeezing,
            PagesInFiles inFiles,
            Runnable roundEnded,
            LongConsumer spentNanos) {
        int most = SourceStream.BATCH_PAGES;
        this.reader = squeezing.isPresent()
                ? new PageReader(process, pages, log::hasContent, most, pageBytes)
                : PageReader.into(batchMemory, process, pages, log::hasContent, most, pageBytes);
        this.pages = pages;
        this.sent = new PageBitmap(pages.capacity());
        this.batch = batch;
        this.pageBytes = pageBytes;
        this.squeezing = squeezing;
        this.inFiles = inFiles;
        this.roundEnded = roundEnded;
        this.spentNanos = spentNanos;
        squeezing.ifPresent(each -> each.kinds().refresh());
    }

    @Override
    public void readAhead(int[] gfns, int count) {
        int offset = squeezing.isPresent() ? 0 : batch.room().position();
        spentNanos.accept(reader.read(gfns, count, offset));
        next = 0;
        readPages = count;
        if (squeezing.isPresent()) {
            encodingFromNanos = WallClock.nanos();
            encodingFromCpuNanos = ProcessorTime.ofThisThreadNanos();
        }
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        ByteBuffer page = reader.page(next++);
        sent.set(gfn);
        int bytes = squeezing.isPresent() ? squeeze(gfn, page, squeezing.get()) : put(gfn, page, true);
        if (next == readPages && squeezing.isPresent()) {
            squeezing.get().squeezer().spent(ProcessorTime.ofThisThreadNanos() - encodingFromCpuNanos);
            spentNanos.accept(WallClock.nanos() - encodingFromNanos);
        }
        return bytes;
    }

    private int squeeze(int gfn, ByteBuffer page, Squeezing how) {
        if (page != null && inFiles.has(pages.page(gfn), page)) {
            how.squeezer().sentOtherwise(gfn);
            return putStored(gfn);
        }
        int kind = how.kinds().codeOf(gfn);
        if (page == null) {
            how.squeezer().zero(gfn, kind);
            return putZeros(gfn);
        }
        return how.squeezer().put(gfn, pages.page(gfn), kind, page, batch);
    }

    /** A page that was read elsewhere; null for one of zeros. */
    int encodeRead(int gfn, ByteBuffer page) {
        if (squeezing.isEmpty()) {
            return put(gfn, page, false);
        }
        long from = ProcessorTime.ofThisThreadNanos();
        int bytes = squeeze(gfn, page, squeezing.get());
        squeezing.get().squeezer().spent(ProcessorTime.ofThisThreadNanos() - from);
        return bytes;
    }

    /** @param inBatch true if it was read into the batch, where it may lie too far back */
    private int put(int gfn, ByteBuffer page, boolean inBatch) {
        if (page == null) {
            return putZeros(gfn);
        }
        if (inFiles.has(pages.page(gfn), page)) {
            return putStored(gfn);
        }
        ByteBuffer room = batch.room();
        if (!inBatch || room.position() != page.position()) {
            room.put(page);
        }
        batch.raw(pages.page(gfn), 1);
        return HEADER_BYTES + pageBytes;
    }

    private int putZeros(int gfn) {
        batch.zero(pages.page(gfn), 1);
        return HEADER_BYTES + ZERO_BODY_BYTES;
    }

    private int putStored(int gfn) {
        batch.stored(pages.page(gfn), 1);
        return HEADER_BYTES;
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
    public boolean isSelective() {
        return squeezing.isPresent();
    }

    @Override
    public double expectedBytes(int gfn, int kindCode, boolean zero) {
        if (squeezing.isEmpty()) {
            return encodedBytes(false);
        }
        Squeezing how = squeezing.get();
        return how.squeezer().expectedBytes(gfn < 0 ? kindCode : how.kinds().codeOf(gfn));
    }

    /** What was encoded how; the processor's time for it has passed already, so that nobody else is to wait for it. */
    @Override
    public Optional<EncodingReport> report() {
        return squeezing.map(how -> how.squeezer().report());
    }

    @Override
    public void endRound() {
        squeezing.ifPresent(how -> {
            how.squeezer().endRound();
            how.kinds().refresh();
        });
        roundEnded.run();
    }

    @Override
    public void close() {
        reader.close();
        squeezing.ifPresent(how -> how.squeezer().close());
    }
}
