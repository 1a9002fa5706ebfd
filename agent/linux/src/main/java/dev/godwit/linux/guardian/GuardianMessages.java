package dev.godwit.linux.guardian;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads what the guardian says, one message after the other. */
final class GuardianMessages implements AutoCloseable {
    private final DataInputStream in;
    private final ByteBuffer message = ByteBuffer.allocate(Message.BYTES).order(ByteOrder.nativeOrder());

    GuardianMessages(InputStream in, int bufferBytes) {
        this.in = new DataInputStream(new BufferedInputStream(in, bufferBytes));
    }

    /**
     * Waits for the next message.
     *
     * @throws EOFException if there is none any more
     */
    void next() throws IOException {
        in.readFully(message.array());
    }

    int type() {
        return message.getInt(Message.TYPE);
    }

    int sequence() {
        return message.getInt(Message.SEQUENCE);
    }

    long first() {
        return message.getLong(Message.FIRST);
    }

    long second() {
        return message.getLong(Message.SECOND);
    }

    /** Text behind a failure. */
    String text() throws IOException {
        long bytes = first();
        if (bytes < 0 || bytes > Message.TEXT_LIMIT) {
            throw new IOException("text of " + bytes + " bytes");
        }
        return new String(in.readNBytes((int) bytes), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
