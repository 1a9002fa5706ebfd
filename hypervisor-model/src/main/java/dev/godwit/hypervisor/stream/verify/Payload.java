package dev.godwit.hypervisor.stream.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Takes fields off a payload, every one checked. Little-endian. */
final class Payload {
    private final byte[] bytes;
    private final int end;
    private final String record;
    private int at;

    Payload(byte[] bytes, int length, String record) {
        this.bytes = bytes;
        this.end = length;
        this.record = record;
    }

    int left() {
        return end - at;
    }

    int at() {
        return at;
    }

    int u8() throws StreamRefused {
        return (int) number(1);
    }

    int u16() throws StreamRefused {
        return (int) number(2);
    }

    /** Zero to 2^32-1. */
    long u32() throws StreamRefused {
        return number(4);
    }

    /** Zero to 2^63-1; more is no count and no page that there can be. */
    long u63() throws StreamRefused {
        long value = number(8);
        require(value >= 0, "a number above 2^63");
        return value;
    }

    /** Any bits. */
    long bits64() throws StreamRefused {
        return number(8);
    }

    private long number(int size) throws StreamRefused {
        need(size);
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << 8 | (bytes[at + i] & 0xFF);
        }
        at += size;
        return value;
    }

    byte[] take(int length) throws StreamRefused {
        need(length);
        byte[] taken = new byte[length];
        System.arraycopy(bytes, at, taken, 0, length);
        at += length;
        return taken;
    }

    void skip(long length) throws StreamRefused {
        need(length);
        at += (int) length;
    }

    void zeros(int length) throws StreamRefused {
        for (byte each : take(length)) {
            require(each == 0, "a reserved byte that is not zero");
        }
    }

    String text(int most) throws StreamRefused {
        int length = u16();
        require(length <= most, "a text of " + length + " bytes");
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(take(length)))
                    .toString();
            require(text.chars().noneMatch(c -> c < 0x20 || (c >= 0x7F && c < 0xA0)), "control characters in a text");
            return text;
        } catch (CharacterCodingException bad) {
            throw new StreamRefused(record + ": a text that is not UTF-8");
        }
    }

    void finish() throws StreamRefused {
        require(at == end, (end - at) + " bytes behind the last field");
    }

    void require(boolean holds, String what) throws StreamRefused {
        if (!holds) {
            throw new StreamRefused(record + ": " + what);
        }
    }

    private void need(long length) throws StreamRefused {
        require(length <= end - at, "cut off");
    }
}
