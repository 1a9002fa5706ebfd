package dev.godwit.agent.channel;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the fields of a payload and trusts none of them. */
final class FieldReader {
    private final ByteBuffer in;

    /** Reads up to the buffer's limit. */
    FieldReader(ByteBuffer in) {
        this.in = in;
    }

    int takeByte(String field) throws ChannelException {
        need(1, field);
        return in.get() & 0xFF;
    }

    boolean takeBoolean(String field) throws ChannelException {
        int value = takeByte(field);
        if (value > 1) {
            throw bad(field + "=" + value + " is no boolean");
        }
        return value == 1;
    }

    /** A number that is never negative. */
    long takeCount(String field) throws ChannelException {
        need(Long.BYTES, field);
        long value = in.getLong();
        if (value < 0) {
            throw bad(field + "=" + value + " is negative");
        }
        return value;
    }

    /** Number of elements that follow, each of so many bytes: checked before anything is allocated. */
    int takeLength(String field, int most, int elementBytes) throws ChannelException {
        need(Integer.BYTES, field);
        int length = in.getInt();
        if (length < 0 || length > most || (long) length * elementBytes > in.remaining()) {
            throw bad(field + " has the length " + length);
        }
        return length;
    }

    String takeText(String field) throws ChannelException {
        String text = takeLongText(field, FrameCodec.MAX_TEXT_BYTES);
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw bad(field + " has control characters");
        }
        return text;
    }

    String takeLongText(String field, int maxBytes) throws ChannelException {
        int length = takeLength(field, maxBytes, 1);
        ByteBuffer text = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw bad(field + " is not UTF-8");
        }
    }

    void finish() throws ChannelException {
        if (in.hasRemaining()) {
            throw bad(in.remaining() + " bytes are left over");
        }
    }

    private void need(int bytes, String field) throws ChannelException {
        if (in.remaining() < bytes) {
            throw bad(field + " is missing");
        }
    }

    private static ChannelException bad(String what) {
        return new ChannelException("a control frame is damaged: " + what);
    }
}
