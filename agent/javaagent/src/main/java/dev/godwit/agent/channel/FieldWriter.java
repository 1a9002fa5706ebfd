package dev.godwit.agent.channel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the fields of a payload. A text is its length in bytes, four of them, and its UTF-8. */
final class FieldWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
        return out.toByteArray();
    }

    FieldWriter putByte(int value) {
        out.write(value);
        return this;
    }

    FieldWriter putBoolean(boolean value) {
        return putByte(value ? 1 : 0);
    }

    FieldWriter putInt(int value) {
        return put(buffer(Integer.BYTES).putInt(value).array());
    }

    FieldWriter putLong(long value) {
        return put(buffer(Long.BYTES).putLong(value).array());
    }

    /** A short text, on one line; cut if it is too long. */
    FieldWriter putText(String text) {
        byte[] bytes = text.replaceAll("\\p{Cntrl}+", " ").getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, FrameCodec.MAX_TEXT_BYTES);
        while (length < bytes.length && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return putInt(length).put(Arrays.copyOf(bytes, length));
    }

    FieldWriter putLongText(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > maxBytes) {
            throw new IllegalArgumentException("a text of " + bytes.length + " bytes, more than " + maxBytes);
        }
        return putInt(bytes.length).put(bytes);
    }

    private FieldWriter put(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        return this;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
