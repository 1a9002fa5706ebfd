package dev.godwit.trace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing little-endian buffer with the primitive codings of a payload; see {@code FORMAT.md}. */
final class PayloadWriter {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MAX_VARINT_BYTES = 9;
    private static final String ELLIPSIS = "\u2026";
    private static final int ELLIPSIS_BYTES = 3;

    private byte[] bytes = new byte[4096];
    private int size;

    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    void putByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void putShort(int value) {
        reserve(Short.BYTES);
        SHORT.set(bytes, size, (short) value);
        size += Short.BYTES;
    }

    void putInt(int value) {
        reserve(Integer.BYTES);
        INT.set(bytes, size, value);
        size += Integer.BYTES;
    }

    void setInt(int offset, int value) {
        INT.set(bytes, offset, value);
    }

    void putLong(long value) {
        reserve(Long.BYTES);
        LONG.set(bytes, size, value);
        size += Long.BYTES;
    }

    void putBoolean(boolean value) {
        putByte(value ? 1 : 0);
    }

    /** Seven bits a byte, lowest first, the top bit set on all but the last; the value must not be negative. */
    void putVarint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative varint: value=" + value);
        }
        reserve(MAX_VARINT_BYTES);
        long rest = value;
        while (rest >= 0x80) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** Varint length, then UTF-8; cut at {@link TraceLimits#MAX_STRING_BYTES}. */
    void putString(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > TraceLimits.MAX_STRING_BYTES) {
            encoded = cut(encoded);
        }
        putVarint(encoded.length);
        reserve(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
    }

    private static byte[] cut(byte[] encoded) {
        int end = TraceLimits.MAX_STRING_BYTES - ELLIPSIS_BYTES;
        while ((encoded[end] & 0xC0) == 0x80) {
            end--; // not between the bytes of one character
        }
        return (new String(encoded, 0, end, StandardCharsets.UTF_8) + ELLIPSIS).getBytes(StandardCharsets.UTF_8);
    }

    private void reserve(int more) {
        int needed = size + more;
        if (needed > TraceLimits.MAX_RECORD_BYTES) {
            throw new RecordTooLargeException();
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, Math.min(bytes.length * 2, TraceLimits.MAX_RECORD_BYTES)));
        }
    }

    /** The record does not fit into {@link TraceLimits#MAX_RECORD_BYTES}. */
    static final class RecordTooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RecordTooLargeException() {
            super("record exceeds " + TraceLimits.MAX_RECORD_BYTES + " bytes", null, false, false);
        }
    }
}
