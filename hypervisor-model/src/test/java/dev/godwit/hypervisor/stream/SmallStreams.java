package dev.godwit.hypervisor.stream;

import static dev.godwit.hypervisor.stream.Direction.FORWARD;
import static dev.godwit.hypervisor.stream.Direction.REVERSE;

import dev.godwit.trace.PageDelta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Captures small enough to be broken at every byte. */
public final class SmallStreams {
    public static final int PAGE = 4096;
    static final byte[] SESSION = "a session's name".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private SmallStreams() {}

    /** Writes part of a capture. */
    @FunctionalInterface
    public interface Part {
        void write(StreamWriter writer) throws IOException;
    }

    /** A capture of parts. */
    public static byte[] capture(Part... parts) {
        Bytes.Sink sink = new Bytes.Sink();
        StreamWriter writer = StreamWriter.capture(sink);
        try {
            for (Part part : parts) {
                part.write(writer);
            }
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        return sink.bytes();
    }

    /** Greeting, and a guest of pages 100 to 104 that may be sent back. */
    public static void begin(StreamWriter writer) throws IOException {
        writer.write(FORWARD, new ControlRecord.Hello(SESSION, StreamFormat.FEATURE_SEND_BACK, new byte[] {1, 2}));
        writer.write(FORWARD, new ControlRecord.Guest(PAGE, StreamFormat.GUEST_SENDS_BACK, "orders", "pre-copy"));
        writer.write(FORWARD, new ControlRecord.Ranges(List.of(new PageRun(100, 5, 3))));
        writer.write(REVERSE, new ControlRecord.Ready(SESSION, StreamFormat.FEATURE_SEND_BACK, new byte[0]));
    }

    /** A round that is begun, filled and ended. */
    public static Part round(Direction direction, int number, RoundKind kind, Filling filling) {
        return writer -> {
            writer.write(direction, new ControlRecord.RoundBegin(number, kind));
            PageBatch batch = new PageBatch(PAGE, 16, 4 * PAGE);
            filling.fill(batch);
            PageCounts counts = batch.counts().copy();
            writer.write(direction, batch);
            writer.write(direction, new ControlRecord.RoundEnd(number, counts));
        };
    }

    /** Puts pages into a batch. */
    @FunctionalInterface
    public interface Filling {
        void fill(PageBatch batch);
    }

    public static Part control(Direction direction, ControlRecord record) {
        return writer -> writer.write(direction, record);
    }

    /** Completed, Acknowledged and both Ends. */
    public static void end(StreamWriter writer) throws IOException {
        PageCounts carried = writer.carried(FORWARD);
        writer.write(
                FORWARD,
                new ControlRecord.Completed(
                        ControlRecord.Completed.AT_DESTINATION, carried.pages(), carried.dataBytes()));
        writer.write(REVERSE, new ControlRecord.Acknowledged());
        writer.writeEnd(FORWARD);
        writer.writeEnd(REVERSE);
    }

    /** A page of one repeated byte with a word of its own. */
    public static byte[] page(int fill, long word) {
        byte[] page = new byte[PAGE];
        Arrays.fill(page, (byte) fill);
        ByteBuffer.wrap(page).putLong(2048, word);
        return page;
    }

    static void raw(PageBatch batch, long number, byte[] page) {
        batch.room().put(page);
        batch.raw(number, 1);
    }

    static void delta(PageBatch batch, long number, byte[] before, byte[] now) {
        byte[] out = new byte[PAGE];
        int size = PageDelta.encode(before, 0, now, 0, PAGE, out, 0, PAGE);
        batch.room().put(out, 0, size);
        batch.encoded(number, WireEncoding.DELTA, size);
    }

    static long hash(byte[] page) {
        return new PageHash().of(page, 0, page.length);
    }

    /** Pre-copy with a zero, a raw, a delta, a dropped and a stored page, one raw page in all. */
    public static byte[] preCopy() {
        byte[] first = page(7, 1);
        byte[] second = page(7, 2);
        return capture(
                SmallStreams::begin,
                round(FORWARD, 1, RoundKind.LIVE, batch -> {
                    batch.zero(100, 2);
                    raw(batch, 102, first);
                }),
                control(REVERSE, new ControlRecord.Arrived(1)),
                control(FORWARD, new ControlRecord.Paused()),
                round(FORWARD, 2, RoundKind.PAUSED, batch -> {
                    delta(batch, 102, first, second);
                    batch.dropped(103, 1);
                    batch.stored(104, 1);
                }),
                control(FORWARD, new ControlRecord.State(ControlRecord.State.VCPU, 0, new byte[] {9})),
                control(FORWARD, new ControlRecord.Hashes(100, new long[] {
                    hash(new byte[PAGE]), hash(new byte[PAGE]), hash(second)
                })),
                control(FORWARD, new ControlRecord.SwitchOver(0)),
                control(REVERSE, new ControlRecord.Verified(3, 0, StreamFormat.NO_PAGE)),
                control(REVERSE, new ControlRecord.Resumed()),
                SmallStreams::end);
    }

    /** Pre-copy with three pages of five asked for in files: one is as there, one was sent instead, one could not be read. */
    public static byte[] fromFiles() {
        byte[] first = page(7, 1);
        byte[] second = page(7, 2);
        return capture(
                writer -> {
                    writer.write(FORWARD, new ControlRecord.Hello(SESSION, StreamFormat.FEATURE_FILES, new byte[0]));
                    writer.write(FORWARD, new ControlRecord.Guest(PAGE, 0, "orders", "pre-copy"));
                    writer.write(FORWARD, new ControlRecord.Ranges(List.of(new PageRun(100, 5, 3))));
                    writer.write(REVERSE, new ControlRecord.Ready(SESSION, StreamFormat.FEATURE_FILES, new byte[0]));
                },
                control(FORWARD, new ControlRecord.Stored(100, 2, 512, "/data/segment")),
                control(REVERSE, new ControlRecord.StoredHashes(100, new long[] {hash(first), hash(first)})),
                control(FORWARD, new ControlRecord.Stored(104, 1, 0, "/data/missing")),
                control(REVERSE, new ControlRecord.StoredHashes(104, new long[0])),
                round(FORWARD, 1, RoundKind.LIVE, batch -> {
                    batch.stored(100, 1);
                    batch.zero(102, 3);
                }),
                control(FORWARD, new ControlRecord.Paused()),
                round(FORWARD, 2, RoundKind.PAUSED, batch -> raw(batch, 101, second)),
                control(FORWARD, new ControlRecord.Hashes(100, new long[] {hash(first), hash(second)})),
                control(FORWARD, new ControlRecord.SwitchOver(0)),
                control(REVERSE, new ControlRecord.Verified(2, 0, StreamFormat.NO_PAGE)),
                control(REVERSE, new ControlRecord.Resumed()),
                SmallStreams::end);
    }

    /** Post-copy that is cancelled and comes home; no page is raw. */
    public static byte[] cancelledPostCopy() {
        byte[] zeros = new byte[PAGE];
        byte[] written = zeros.clone();
        written[5] = 1;
        return capture(
                SmallStreams::begin,
                control(FORWARD, new ControlRecord.Paused()),
                control(FORWARD, new ControlRecord.Unpaused()),
                control(FORWARD, new ControlRecord.Paused()),
                control(FORWARD, new ControlRecord.Missing(List.of(new PageRun(100, 2), new PageRun(103, 2)))),
                round(FORWARD, 1, RoundKind.PAUSED, batch -> batch.dropped(102, 1)),
                control(FORWARD, new ControlRecord.SwitchOver(4)),
                control(REVERSE, new ControlRecord.Resumed()),
                control(FORWARD, new ControlRecord.RoundBegin(2, RoundKind.DEMAND)),
                control(REVERSE, new ControlRecord.Request(101)),
                control(REVERSE, new ControlRecord.Request(102)),
                writer -> {
                    PageBatch batch = new PageBatch(PAGE, 16, PAGE);
                    batch.zero(101, 1);
                    batch.answersRequest();
                    writer.write(FORWARD, batch);
                },
                control(FORWARD, new ControlRecord.Refused(102, ControlRecord.Refused.DROPPED)),
                control(REVERSE, new ControlRecord.RoundBegin(1, RoundKind.BACK)),
                writer -> {
                    PageBatch batch = new PageBatch(PAGE, 16, PAGE);
                    delta(batch, 101, zeros, written);
                    PageCounts counts = batch.counts().copy();
                    writer.write(REVERSE, batch);
                    writer.write(REVERSE, new ControlRecord.RoundEnd(1, counts));
                },
                control(REVERSE, new ControlRecord.State(ControlRecord.State.VCPU, 0, new byte[] {1, 2, 3})),
                control(REVERSE, new ControlRecord.ConsistentPoint(1, false)),
                control(FORWARD, new ControlRecord.Cancel("the operator wants it back")),
                round(REVERSE, 2, RoundKind.BACK, batch -> {}),
                control(REVERSE, new ControlRecord.State(ControlRecord.State.VCPU, 0, new byte[] {4})),
                control(REVERSE, new ControlRecord.ConsistentPoint(2, true)),
                writer -> {
                    PageCounts counts = new PageCounts();
                    counts.add(WireEncoding.ZERO, 1, 0);
                    writer.write(FORWARD, new ControlRecord.RoundEnd(2, counts));
                },
                writer -> {
                    PageCounts carried = writer.carried(FORWARD);
                    writer.write(
                            FORWARD,
                            new ControlRecord.Completed(
                                    ControlRecord.Completed.AT_SOURCE, carried.pages(), carried.dataBytes()));
                },
                control(REVERSE, new ControlRecord.Acknowledged()),
                writer -> writer.writeEnd(FORWARD),
                writer -> writer.writeEnd(REVERSE));
    }

    /** Cancelled in the first round, for a failure of the destination or by the operator. */
    public static byte[] cancelledEarly() {
        return capture(
                SmallStreams::begin,
                control(FORWARD, new ControlRecord.RoundBegin(1, RoundKind.LIVE)),
                control(FORWARD, new ControlRecord.Cancel("not now")),
                control(REVERSE, new ControlRecord.Acknowledged()),
                writer -> writer.writeEnd(FORWARD),
                writer -> writer.writeEnd(REVERSE));
    }

    /** The destination is lost. */
    public static byte[] failed() {
        return capture(
                SmallStreams::begin,
                control(FORWARD, new ControlRecord.Failure(ControlRecord.Failure.PEER_LOST, "the destination is gone")),
                writer -> writer.writeEnd(FORWARD));
    }
}
