package dev.godwit.agent.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Cuts what arrives into frames. A header is checked as soon as it is there, and memory is taken as bytes arrive, never as
 * a length promises. Not thread-safe.
 */
public final class FrameReader {
    private static final int FIRST_BYTES = 4096;

    private final int maxPayloadBytes;
    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private FrameReader(int maxPayloadBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** For what a controller says: small frames. */
    public static FrameReader ofController() {
        return new FrameReader(16 << 10);
    }

    /** For what an agent says: a layout may take some MiB. */
    public static FrameReader ofAgent() {
        return new FrameReader(FrameCodec.MAX_PAYLOAD_BYTES);
    }

    /**
     * Reads once from the channel.
     *
     * @return number of bytes read, -1 if the other end has closed
     */
    public int fill(ReadableByteChannel channel) throws IOException {
        if (!buffer.hasRemaining()) {
            ByteBuffer larger = ByteBuffer.allocate(2 * buffer.capacity()).order(ByteOrder.LITTLE_ENDIAN);
            buffer = larger.put(buffer.flip());
        }
        return channel.read(buffer);
    }

    /**
     * The next frame, if all of it has arrived.
     *
     * @throws ChannelException if what has arrived is no frame
     */
    public Optional<Frame> next() throws ChannelException {
        int arrived = buffer.position();
        if (arrived < FrameCodec.HEADER_BYTES) {
            return Optional.empty();
        }
        int length = checkedLength();
        int end = FrameCodec.HEADER_BYTES + length;
        if (arrived < end) {
            return Optional.empty();
        }
        MessageType type = MessageType.of(buffer.get(FrameCodec.TYPE_OFFSET) & 0xFF);
        int request = buffer.getInt(FrameCodec.REQUEST_OFFSET);
        ByteBuffer payload = buffer.slice(FrameCodec.HEADER_BYTES, length).order(ByteOrder.LITTLE_ENDIAN);
        Message message = FrameCodec.decode(type, new FieldReader(payload));
        buffer.flip().position(end);
        buffer.compact();
        return Optional.of(new Frame(request, message));
    }

    private int checkedLength() throws ChannelException {
        int version = buffer.get(FrameCodec.VERSION_OFFSET) & 0xFF;
        int length = buffer.getInt(FrameCodec.LENGTH_OFFSET);
        if (buffer.getInt(0) != FrameCodec.MAGIC) {
            throw new ChannelException("what came over the control channel is no frame of Godwit");
        }
        if (version != FrameCodec.VERSION) {
            throw new ChannelException("a control frame has the version " + version + ", this end speaks version "
                    + FrameCodec.VERSION + ": use one release of Godwit on both ends");
        }
        if (buffer.getShort(FrameCodec.ZERO_OFFSET) != 0 || buffer.getInt(FrameCodec.REQUEST_OFFSET) < 0) {
            throw new ChannelException("a control frame has a damaged header");
        }
        if (length < 0 || length > maxPayloadBytes) {
            throw new ChannelException("a control frame of " + Integer.toUnsignedString(length)
                    + " bytes is refused: at most " + maxPayloadBytes + " are taken");
        }
        return length;
    }
}
