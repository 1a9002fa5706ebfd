package dev.godwit.hypervisor.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** Channels over arrays. The reading one gives few bytes at a time, as a socket may. */
public final class Bytes {
    private Bytes() {}

    /** Takes all. */
    public static final class Sink implements WritableByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public int write(ByteBuffer from) {
            byte[] taken = new byte[from.remaining()];
            from.get(taken);
            bytes.writeBytes(taken);
            return taken.length;
        }

        public byte[] bytes() {
            return bytes.toByteArray();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Gives the first bytes of an array. */
    public static final class Source implements ReadableByteChannel {
        private final ByteBuffer bytes;
        private final int atOnce;
        private int largestRequest;

        public Source(byte[] bytes, int length, int atOnce) {
            this.bytes = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
            this.atOnce = atOnce;
        }

        public Source(byte[] bytes) {
            this(bytes, bytes.length, 1000);
        }

        @Override
        public int read(ByteBuffer into) {
            largestRequest = Math.max(largestRequest, into.remaining());
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int size = Math.min(atOnce, Math.min(into.remaining(), bytes.remaining()));
            into.put(bytes.slice().limit(size));
            bytes.position(bytes.position() + size);
            return size;
        }

        /** Most bytes that anyone asked for in one call. */
        public int largestRequest() {
            return largestRequest;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
