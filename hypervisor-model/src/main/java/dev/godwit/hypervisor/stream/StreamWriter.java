package dev.godwit.hypervisor.stream;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/**
 * Writes records to a channel that blocks. The preamble goes before the first. Nothing is held back: when a call returns,
 * the channel has all of the record.
 *
 * <p>A record that is not due, whose counts are wrong, or whose pages lie in no range is refused with an
 * IllegalStateException before a byte of it is written: the caller is wrong. Not thread-safe.
 */
public final class StreamWriter {
    private static final int CONTROL_BYTES = 1 << 16;

    private final WritableByteChannel channel;
    private final int contents;
    private final StreamSession session;
    private final StreamOrder[] orders;
    private final Tally[] tallies = {new Tally(), new Tally()};
    private final CRC32C checksum = new CRC32C();
    private ByteBuffer control = buffer(CONTROL_BYTES);
    private boolean begun;
    private long writtenBytes;

    private StreamWriter(StreamSession session, WritableByteChannel channel, int contents) {
        this.session = session;
        this.channel = channel;
        this.contents = contents;
        this.orders = new StreamOrder[] {
            new StreamOrder(Direction.FORWARD, session), new StreamOrder(Direction.REVERSE, session)
        };
    }

    /** The source's. */
    public static StreamWriter forward(StreamSession session, WritableByteChannel channel) {
        return new StreamWriter(session, channel, StreamFormat.CONTENTS_FORWARD);
    }

    /** The destination's; the session is the one that its reader of the forward direction fills. */
    public static StreamWriter reverse(StreamSession session, WritableByteChannel channel) {
        return new StreamWriter(session, channel, StreamFormat.CONTENTS_REVERSE);
    }

    /** A file of both directions. */
    public static StreamWriter capture(WritableByteChannel channel) {
        return new StreamWriter(new StreamSession(), channel, StreamFormat.CONTENTS_CAPTURE);
    }

    /** Writes a record in the only direction there is. */
    public void write(ControlRecord record) throws IOException {
        write(only(), record);
    }

    /** Writes pages in the only direction there is, and empties the batch. An empty one writes nothing. */
    public void write(PageBatch batch) throws IOException {
        write(only(), batch);
    }

    /** Writes a record. */
    public void write(Direction direction, ControlRecord record) throws IOException {
        checkDirection(direction);
        require(order(direction).step(record));
        ControlRecord whole =
                record instanceof ControlRecord.End ? tally(direction).end() : record;
        control.clear().position(StreamFormat.HEADER_BYTES);
        encode(whole);
        control.flip();
        finish(direction, whole.type(), control, control.remaining() - StreamFormat.HEADER_BYTES, null);
        begin();
        writeAll(control);
    }

    /** Writes the last record of a direction. */
    public void writeEnd(Direction direction) throws IOException {
        write(direction, new ControlRecord.End(0, 0, new byte[StreamFormat.DIGEST_BYTES]));
    }

    /** Writes pages, and empties the batch. An empty one writes nothing. */
    public void write(Direction direction, PageBatch batch) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        checkDirection(direction);
        if (batch.pageBytes() != session.pageBytes()) {
            throw new IllegalStateException(
                    "a batch of pages of " + batch.pageBytes() + " bytes, the guest has " + session.pageBytes());
        }
        require(batch.outside(session));
        require(order(direction).pages(batch.counts()));
        ByteBuffer head = batch.head();
        ByteBuffer data = batch.data();
        finish(direction, RecordType.PAGES, head, batch.payloadBytes(), data);
        begin();
        if (channel instanceof GatheringByteChannel gathering) {
            long left = head.remaining() + (long) data.remaining();
            writtenBytes += left;
            while (left > 0) {
                left -= gathering.write(batch.parts());
            }
        } else {
            writeAll(head);
            writeAll(data);
        }
        batch.clear();
    }

    /** Pages and data that a direction carried so far: what Completed says of the forward one. */
    public PageCounts carried(Direction direction) {
        return order(direction).counts().copy();
    }

    /** Bytes given to the channel so far. */
    public long writtenBytes() {
        return writtenBytes;
    }

    private void encode(ControlRecord record) {
        while (true) {
            try {
                RecordCodec.encode(record, control);
                return;
            } catch (BufferOverflowException tooSmall) {
                int most = StreamFormat.HEADER_BYTES + StreamFormat.MAX_PAYLOAD_BYTES;
                if (control.capacity() == most) {
                    throw new IllegalArgumentException(record.type().label() + " is larger than "
                            + StreamFormat.MAX_PAYLOAD_BYTES + " bytes: make several of it");
                }
                control = buffer(most);
                control.position(StreamFormat.HEADER_BYTES);
            }
        }
    }

    /** Fills in the header, in front of what is left in the first buffer. */
    private void finish(Direction direction, RecordType type, ByteBuffer head, int payloadBytes, ByteBuffer data) {
        int end = head.limit();
        head.putInt(StreamFormat.LENGTH_OFFSET, payloadBytes)
                .putShort(StreamFormat.TYPE_OFFSET, (short) type.code())
                .putShort(StreamFormat.DIRECTION_OFFSET, (short) direction.code())
                .putInt(StreamFormat.NUMBER_OFFSET, tally(direction).number());
        checksum.reset();
        checksum.update(head.limit(StreamFormat.CHECKSUM_OFFSET).position(0));
        checksum.update(head.limit(end).position(StreamFormat.HEADER_BYTES));
        if (data != null) {
            checksum.update(data);
            data.position(0);
        }
        head.putInt(StreamFormat.CHECKSUM_OFFSET, (int) checksum.getValue());
        tally(direction).add(head.limit(StreamFormat.HEADER_BYTES).position(0), payloadBytes);
        head.limit(end).position(0);
    }

    private void begin() throws IOException {
        if (begun) {
            return;
        }
        begun = true;
        ByteBuffer preamble = buffer(StreamFormat.PREAMBLE_BYTES);
        preamble.putLong(StreamFormat.MAGIC)
                .putShort((short) StreamFormat.VERSION)
                .putShort((short) contents);
        checksum.reset();
        checksum.update(preamble.duplicate().flip());
        preamble.putInt((int) checksum.getValue()).flip();
        writeAll(preamble);
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        writtenBytes += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private Direction only() {
        if (contents == StreamFormat.CONTENTS_CAPTURE) {
            throw new IllegalStateException("a capture has two directions: say which");
        }
        return contents == StreamFormat.CONTENTS_FORWARD ? Direction.FORWARD : Direction.REVERSE;
    }

    private void checkDirection(Direction direction) {
        if ((contents & direction.code()) == 0) {
            throw new IllegalStateException("this stream does not go " + direction.label());
        }
    }

    private StreamOrder order(Direction direction) {
        return orders[direction.index()];
    }

    private Tally tally(Direction direction) {
        return tallies[direction.index()];
    }

    private static void require(String complaint) {
        if (complaint != null) {
            throw new IllegalStateException(complaint);
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
