package dev.godwit.linux;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/** Threads that count in a file that others may map; run in a JVM of its own. */
public final class CountingProgram {
    /** Threads that spin, sleep, or start and end, one counter each. */
    public static final int COUNTERS = 6;

    public static final int BYTES = 4096;
    private static final VarHandle COUNTS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private CountingProgram() {}

    /** Maps the file that the program counts in. */
    public static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
        }
    }

    /** The counters as they are now. */
    public static long[] read(ByteBuffer counters) {
        long[] values = new long[COUNTERS];
        for (int i = 0; i < COUNTERS; i++) {
            values[i] = (long) COUNTS.getVolatile(counters, i * Long.BYTES);
        }
        return values;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        ByteBuffer counters = map(Path.of(arguments[0]));
        for (int i = 0; i < COUNTERS - 1; i++) {
            int counter = i;
            long parkNanos = i < 2 ? 0 : 1_000_000L;
            new Thread(() -> count(counters, counter, parkNanos)).start();
        }
        System.out.println("counting");
        while (true) {
            Thread shortLived = new Thread(() -> COUNTS.getAndAdd(counters, (COUNTERS - 1) * Long.BYTES, 1L));
            shortLived.start();
            shortLived.join();
        }
    }

    private static void count(ByteBuffer counters, int counter, long parkNanos) {
        while (true) {
            COUNTS.getAndAdd(counters, counter * Long.BYTES, 1L);
            if (parkNanos > 0) {
                LockSupport.parkNanos(parkNanos);
            }
        }
    }
}
