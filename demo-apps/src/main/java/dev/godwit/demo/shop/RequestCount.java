package dev.godwit.demo.shop;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How many requests were answered: eight bytes in the machine's order, in memory or in a file that others may read. */
final class RequestCount {
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer bytes;

    private RequestCount(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static RequestCount here() {
        return new RequestCount(ByteBuffer.allocateDirect(Long.BYTES));
    }

    /** In a file, which is made if there is none; counts from zero. */
    static RequestCount in(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
            bytes.putLong(0, 0);
            return new RequestCount(bytes);
        }
    }

    void increment() {
        LONG.getAndAdd(bytes, 0, 1L);
    }

    long get() {
        return (long) LONG.getVolatile(bytes, 0);
    }
}
