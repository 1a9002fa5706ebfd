package dev.godwit.hypervisor.stream;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads records from a channel that blocks. What is read is not trusted: sizes are checked before anything is allocated
 * for them, checksums before anything is believed, order and ranges before a record is given out. What is wrong ends in a
 * {@link StreamException} of one line, and nothing more can be read then.
 *
 * <p>Holds one buffer, as large as the largest record so far, never more than {@link StreamFormat#MAX_PAYLOAD_BYTES}. Not
 * thread-safe.
 */
public final class StreamReader {
    private static final int FIRST_BUFFER_BYTES = 1 << 16;

    private final ReadableByteChannel channel;
    private final int contents;
    private final StreamSession session;
    private final StreamOrder[] orders;
    private final Tally[] tallies = {new Tally(), new Tally()};
    private final CRC32C checksum = new CRC32C();
    private final ByteBuffer header = buffer(StreamFormat.HEADER_BYTES);
    private final PagesRecord pages = new PagesRecord();
    private ByteBuffer payload = buffer(FIRST_BUFFER_BYTES);
    private Direction direction = Direction.FORWARD;
    private boolean begun;
    private boolean broken;
    private long readBytes;

    private StreamReader(StreamSession session, ReadableByteChannel channel, int contents) {
        this.session = session;
        this.channel = channel;
        this.contents = contents;
        this.orders = new StreamOrder[] {
            new StreamOrder(Direction.FORWARD, session), new StreamOrder(Direction.REVERSE, session)
        };
    }

    /** The destination's. */
    public static StreamReader forward(StreamSession session, ReadableByteChannel channel) {
        return new StreamReader(session, channel, StreamFormat.CONTENTS_FORWARD);
    }

    /** The source's; the session is the one of its writer of the forward direction. */
    public static StreamReader reverse(StreamSession session, ReadableByteChannel channel) {
        return new StreamReader(session, channel, StreamFormat.CONTENTS_REVERSE);
    }

    /** Of a file of both directions. */
    public static StreamReader capture(ReadableByteChannel channel) {
        return new StreamReader(new StreamSession(), channel, StreamFormat.CONTENTS_CAPTURE);
    }

    /**
     * Reads the next record.
     *
     * @return the record, null behind End: of one direction at once, of a capture at its end. {@link PagesRecord} is the
     *     same object each time
     * @throws StreamException if what comes is no stream, or ends before its End
     * @throws IOException if the channel fails
     */
    public StreamRecord next() throws IOException {
        if (broken) {
            throw new StreamException("this stream was refused before");
        }
        broken = true;
        StreamRecord record = read();
        broken = false;
        return record;
    }

    /** Which way the last record went. */
    public Direction direction() {
        return direction;
    }

    /** What was learnt of the guest. */
    public StreamSession session() {
        return session;
    }

    /** Bytes taken from the channel so far. */
    public long readBytes() {
        return readBytes;
    }

    private StreamRecord read() throws IOException {
        if (!begun) {
            begin();
        }
        while (contents == StreamFormat.CONTENTS_CAPTURE || !order().isEnded()) {
            if (!fill(header.clear(), isWhole())) {
                return null;
            }
            header.flip();
            RecordType type = readRecord();
            if (type != null) {
                return type == RecordType.PAGES ? readPages() : readControl(type);
            }
        }
        return null;
    }

    private void begin() throws IOException {
        begun = true;
        if (contents == StreamFormat.CONTENTS_REVERSE) {
            direction = Direction.REVERSE;
        }
        fill(header.clear(), false);
        header.flip();
        if (header.getLong(0) != StreamFormat.MAGIC) {
            throw refused("it does not begin as one");
        }
        checksum.reset();
        checksum.update(header.limit(StreamFormat.CHECKSUM_OFFSET));
        header.limit(StreamFormat.PREAMBLE_BYTES);
        if (header.getInt(StreamFormat.CHECKSUM_OFFSET) != (int) checksum.getValue()) {
            throw refused("the checksum of its preamble is wrong");
        }
        int version = header.getShort(8) & 0xFFFF;
        if (version != StreamFormat.VERSION) {
            throw refused("it is of version " + version + ", this godwit reads version " + StreamFormat.VERSION);
        }
        if (header.getShort(10) != contents) {
            throw refused("its contents are " + (header.getShort(10) & 0xFFFF) + " instead of " + contents);
        }
    }

    /** True if a capture may be over here. */
    private boolean isWhole() {
        return contents == StreamFormat.CONTENTS_CAPTURE && orders[0].isEnded();
    }

    /** Reads and checks the bytes of a record; null if it is one to skip. */
    private RecordType readRecord() throws IOException {
        int length = header.getInt(StreamFormat.LENGTH_OFFSET);
        int code = header.getShort(StreamFormat.TYPE_OFFSET) & 0xFFFF;
        int way = header.getShort(StreamFormat.DIRECTION_OFFSET) & 0xFFFF;
        if (length < 0 || length > StreamFormat.MAX_PAYLOAD_BYTES) {
            throw refused("a record of " + Integer.toUnsignedString(length) + " bytes, more than "
                    + StreamFormat.MAX_PAYLOAD_BYTES);
        }
        if (way == 0 || way > 2 || (contents & way) == 0) {
            throw refused("a record of direction " + way);
        }
        direction = way == Direction.FORWARD.code() ? Direction.FORWARD : Direction.REVERSE;
        RecordType type = RecordType.ofCode(code);
        if (type == null && code < StreamFormat.FIRST_OPTIONAL_TYPE) {
            throw refused("a record of type " + code + " is not known");
        }
        if (header.getInt(StreamFormat.NUMBER_OFFSET) != tally().number()) {
            throw refused("record " + Integer.toUnsignedString(header.getInt(StreamFormat.NUMBER_OFFSET)) + " where "
                    + Integer.toUnsignedString(tally().number()) + " was due, " + direction.label());
        }
        if (payload.capacity() < length) {
            payload = buffer(Math.min(StreamFormat.MAX_PAYLOAD_BYTES, Integer.highestOneBit(length) << 1));
        }
        fill(payload.clear().limit(length), false);
        checksum.reset();
        checksum.update(header.limit(StreamFormat.CHECKSUM_OFFSET).position(0));
        checksum.update(payload.flip());
        payload.position(0);
        header.limit(StreamFormat.HEADER_BYTES).position(0);
        if (header.getInt(StreamFormat.CHECKSUM_OFFSET) != (int) checksum.getValue()) {
            throw refused("the checksum of record " + Integer.toUnsignedString(tally().number()) + ", "
                    + direction.label() + ", is wrong");
        }
        if (order().isEnded()) {
            throw refused("a record behind the end, " + direction.label());
        }
        if (type != RecordType.END) {
            tally().add(header, length);
        }
        return type;
    }

    private StreamRecord readPages() throws StreamException {
        if (session.pageBytes() == 0 || payload.limit() < StreamFormat.PAGES_HEADER_BYTES) {
            throw refused("Pages before Guest, or without entries");
        }
        try {
            pages.read(payload, session.pageBytes(), session);
        } catch (StreamException bad) {
            throw refused(bad.getMessage());
        }
        require(order().pages(pages.counts()));
        return pages;
    }

    private StreamRecord readControl(RecordType type) throws StreamException {
        ControlRecord record;
        try {
            record = RecordCodec.decode(type, payload);
        } catch (BufferUnderflowException tooShort) {
            throw refused(type.label() + " of " + payload.limit() + " bytes is cut off");
        } catch (StreamException bad) {
            throw refused(type.label() + ": " + bad.getMessage());
        }
        if (payload.hasRemaining()) {
            throw refused(payload.remaining() + " bytes behind the last field of " + type.label());
        }
        require(order().step(record));
        if (record instanceof ControlRecord.End end) {
            checkEnd(end);
        }
        return record;
    }

    private void checkEnd(ControlRecord.End end) throws StreamException {
        ControlRecord.End due = tally().end();
        if (end.records() != due.records()
                || end.bytes() != due.bytes()
                || !Arrays.equals(end.digest(), due.digest())) {
            throw refused("its end says " + Long.toUnsignedString(end.records()) + " records, "
                    + Long.toUnsignedString(end.bytes()) + " bytes and another digest than the "
                    + due.records() + " records, " + due.bytes() + " bytes before it have");
        }
    }

    /** Reads until the limit; false if nothing is left and that is allowed. */
    private boolean fill(ByteBuffer into, boolean mayEnd) throws IOException {
        while (into.hasRemaining()) {
            int read = channel.read(into);
            if (read < 0) {
                if (mayEnd && into.position() == 0) {
                    return false;
                }
                throw new StreamException("migration stream is cut off after " + readBytes + " bytes");
            }
            readBytes += read;
        }
        return true;
    }

    private StreamOrder order() {
        return orders[direction.index()];
    }

    private Tally tally() {
        return tallies[direction.index()];
    }

    private void require(String complaint) throws StreamException {
        if (complaint != null) {
            throw refused(complaint);
        }
    }

    private StreamException refused(String what) {
        return new StreamException("migration stream refused at byte " + readBytes + ": " + what);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
