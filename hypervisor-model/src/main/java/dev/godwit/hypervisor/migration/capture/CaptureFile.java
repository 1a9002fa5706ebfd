package dev.godwit.hypervisor.migration.capture;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.PageCompressor;
import dev.godwit.hypervisor.page.SyntheticPage;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.stream.StreamFormat;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.stream.WireEncoding;
import dev.godwit.trace.PageDelta;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/** One capture: the bytes of pages, their encodings, and the records around them. The file has its name once it is whole. */
final class CaptureFile {
    private static final int BATCH_RUNS = 256;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int HASHES_AT_ONCE = 1 << 16;

    private final Path file;
    private final Path partial;
    private final FileChannel channel;
    private final StreamWriter writer;
    private final PageBatch batch;
    private final int pageBytes;
    private final byte[] page;
    private final byte[] before;
    private final byte[] encoded;
    private final PageCompressor lz4 = PageCompressor.lz4();
    private final PageCompressor zstd = PageCompressor.zstd();
    private final int[] rounds = new int[Direction.values().length];
    private PageCounts carriedBefore = new PageCounts();
    private Direction open;

    CaptureFile(Path file, String guest, String technique, VirtualMachine source) throws IOException {
        this.file = file;
        pageBytes = source.memory().pageSizeBytes();
        page = new byte[pageBytes];
        before = new byte[pageBytes];
        encoded = new byte[pageBytes];
        batch = new PageBatch(pageBytes, BATCH_RUNS, BATCH_BYTES);
        partial = file.resolveSibling("." + file.getFileName() + ".partial");
        channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        writer = StreamWriter.capture(channel);
        byte[] session = Arrays.copyOf(technique.getBytes(StandardCharsets.UTF_8), StreamFormat.SESSION_BYTES);
        int features = StreamFormat.FEATURE_SEND_BACK;
        put(new ControlRecord.Hello(session, features, new byte[0]));
        put(new ControlRecord.Guest(pageBytes, StreamFormat.GUEST_SENDS_BACK, guest, technique));
        put(new ControlRecord.Ranges(List.of(new PageRun(0, source.memory().pages()))));
        put(Direction.REVERSE, new ControlRecord.Ready(session, features, new byte[0]));
    }

    void put(ControlRecord record) throws IOException {
        put(Direction.FORWARD, record);
    }

    void put(Direction direction, ControlRecord record) throws IOException {
        if (open != null && record instanceof ControlRecord.Request) {
            flush();
        }
        writer.write(direction, record);
    }

    boolean isRoundOpen() {
        return open != null;
    }

    void beginRound(Direction direction, RoundKind kind) throws IOException {
        put(direction, new ControlRecord.RoundBegin(++rounds[direction.index()], kind));
        open = direction;
        carriedBefore = writer.carried(direction);
    }

    void endRound() throws IOException {
        if (open == null) {
            return;
        }
        flush();
        PageCounts now = writer.carried(open);
        PageCounts counts = new PageCounts();
        for (WireEncoding encoding : WireEncoding.values()) {
            counts.add(encoding, now.pages(encoding) - carriedBefore.pages(encoding), 0);
        }
        counts.add(WireEncoding.ZERO, 0, now.dataBytes() - carriedBefore.dataBytes());
        put(open, new ControlRecord.RoundEnd(rounds[open.index()], counts));
        open = null;
    }

    /** Writes a back round, whatever forward round is open. */
    void back(MigrationCapture.Step pages) throws IOException {
        flush();
        Direction openBefore = open;
        PageCounts before = carriedBefore;
        beginRound(Direction.REVERSE, RoundKind.BACK);
        pages.run();
        endRound();
        open = openBefore;
        carriedBefore = before;
    }

    void flush() throws IOException {
        if (open != null) {
            writer.write(open, batch);
        }
    }

    /** The next pages answer a request. */
    void answer() {
        batch.answersRequest();
    }

    /**
     * Puts a page into the round.
     *
     * @param content what it holds, a token
     * @param lastSent token of the version that went over last, if there is one
     */
    void page(int gfn, long content, Encoding encoding, boolean hasSent, long lastSent) throws IOException {
        if (!batch.hasRoom(1)) {
            flush();
        }
        if (PageContent.isZero(content)) {
            batch.zero(gfn, 1);
            return;
        }
        fill(content, page);
        int size = switch (encoding) {
            case ZERO, RAW -> PageCompressor.OVERFLOW;
            case DELTA -> hasSent ? delta(lastSent) : PageCompressor.OVERFLOW;
            case LZ4 -> lz4.compress(page, encoded);
            case ZSTD -> zstd.compress(page, encoded);
        };
        if (size == PageCompressor.OVERFLOW) {
            batch.room().put(page);
            batch.raw(gfn, 1);
        } else {
            batch.room().put(encoded, 0, size);
            batch.encoded(gfn, wire(encoding), size);
        }
    }

    void dropped(int gfn) throws IOException {
        flushIfFull();
        batch.dropped(gfn, 1);
    }

    void stored(int gfn) throws IOException {
        flushIfFull();
        batch.stored(gfn, 1);
    }

    private void flushIfFull() throws IOException {
        if (!batch.hasRoom(1)) {
            flush();
        }
    }

    private int delta(long lastSent) {
        fill(lastSent, before);
        int size = PageDelta.encode(before, 0, page, 0, pageBytes, encoded, 0, pageBytes - 1);
        return size == PageDelta.OVERFLOW ? PageCompressor.OVERFLOW : size;
    }

    private static void fill(long content, byte[] into) {
        if (PageContent.isZero(content)) {
            SyntheticPage.zeros(into);
        } else {
            SyntheticPage.fill(
                    PageContent.gfn(content), PageContent.version(content), PageContent.kindCode(content), into);
        }
    }

    private static WireEncoding wire(Encoding encoding) {
        return switch (encoding) {
            case ZERO -> WireEncoding.ZERO;
            case RAW -> WireEncoding.RAW;
            case DELTA -> WireEncoding.DELTA;
            case LZ4 -> WireEncoding.LZ4;
            case ZSTD -> WireEncoding.ZSTD;
        };
    }

    /** Hashes of all pages, by their tokens. */
    void hashes(int pages, IntToLongFunction contents) throws IOException {
        PageHash hash = new PageHash();
        SyntheticPage.zeros(before);
        long ofZeros = hash.of(before, 0, pageBytes);
        for (int from = 0; from < pages; from += HASHES_AT_ONCE) {
            long[] hashes = new long[Math.min(HASHES_AT_ONCE, pages - from)];
            for (int i = 0; i < hashes.length; i++) {
                long content = contents.applyAsLong(from + i);
                hashes[i] = ofZeros;
                if (!PageContent.isZero(content)) {
                    fill(content, page);
                    hashes[i] = hash.of(page, 0, pageBytes);
                }
            }
            put(new ControlRecord.Hashes(from, hashes));
        }
    }

    PageCounts carried() {
        return writer.carried(Direction.FORWARD);
    }

    void end(Direction direction) throws IOException {
        writer.writeEnd(direction);
    }

    /** The file is whole. */
    void finish() throws IOException {
        release();
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The file is no use: nothing is left of it. */
    void abandon() {
        try {
            release();
            Files.deleteIfExists(partial);
        } catch (IOException alsoFailed) {
            // What led here is told; that a file is left is the least of it.
        }
    }

    private void release() throws IOException {
        lz4.close();
        zstd.close();
        channel.close();
    }
}
