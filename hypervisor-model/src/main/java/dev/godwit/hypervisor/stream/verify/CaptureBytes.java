package dev.godwit.hypervisor.stream.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of a capture, read at any place. */
public interface CaptureBytes {

    long size();

    /** Fills an array up to a length; the range lies within {@link #size}. */
    void read(long at, byte[] into, int length) throws IOException;

    /** Of a file. */
    static CaptureBytes of(FileChannel file) throws IOException {
        long size = file.size();
        return new CaptureBytes() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void read(long at, byte[] into, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
                while (buffer.hasRemaining()) {
                    if (file.read(buffer, at + buffer.position()) < 0) {
                        throw new StreamRefused("the file became shorter while it was read");
                    }
                }
            }
        };
    }

    /** Of an array. */
    static CaptureBytes of(byte[] bytes) {
        return new CaptureBytes() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void read(long at, byte[] into, int length) {
                System.arraycopy(bytes, (int) at, into, 0, length);
            }
        };
    }
}
