package dev.godwit.trace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what {@link PayloadWriter} wrote. Trusts nothing: each read is checked against the end and its range. */
final class PayloadReader {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int position;

    PayloadReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    int remaining() {
        return end - position;
    }

    int takeByte(String field) {
        need(1, field);
        return bytes[position++] & 0xFF;
    }

    int takeInt(String field) {
        need(Integer.BYTES, field);
        int value = (int) INT.get(bytes, position);
        position += Integer.BYTES;
        return value;
    }

    long takeLong(String field) {
        need(Long.BYTES, field);
        long value = (long) LONG.get(bytes, position);
        position += Long.BYTES;
        return value;
    }

    boolean takeBoolean(String field) {
        int value = takeByte(field);
        if (value > 1) {
            throw new BadPayloadException(field + "=" + value + " is no boolean");
        }
        return value == 1;
    }

    /** A varint of at most nine bytes, so never negative, in its shortest form. */
    long takeVarint(String field) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = takeByte(field);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw new BadPayloadException(field + " is a varint with a needless byte");
                }
                return value;
            }
        }
        throw new BadPayloadException(field + " is a varint of more than nine bytes");
    }

    /** Number of elements that follow, each of at least {@code minimumBytes}: checked before anything is allocated. */
    int takeCount(String field, int maximum, int minimumBytes) {
        long count = takeVarint(field);
        if (count > maximum) {
            throw new BadPayloadException(field + "=" + count + " exceeds " + maximum);
        }
        if (count * minimumBytes > remaining()) {
            throw new BadPayloadException(field + "=" + count + " needs more than the " + remaining() + " bytes left");
        }
        return (int) count;
    }

    String takeString(String field) {
        int length = takeCount(field + " length", TraceLimits.MAX_STRING_BYTES, 1);
        try {
            String value = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, length))
                    .toString();
            position += length;
            return value;
        } catch (CharacterCodingException e) {
            throw new BadPayloadException(field + " is not UTF-8");
        }
    }

    void finish() {
        if (position != end) {
            throw new BadPayloadException(remaining() + " bytes are left over");
        }
    }

    private void need(int count, String field) {
        if (count > remaining()) {
            throw new BadPayloadException(field + " lies beyond the end of the payload");
        }
    }

    /** The payload does not follow its layout; the message says which field. */
    static final class BadPayloadException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadPayloadException(String message) {
            super(message, null, false, false);
        }
    }
}
