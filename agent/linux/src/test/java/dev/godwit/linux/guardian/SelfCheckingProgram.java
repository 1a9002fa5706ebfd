package dev.godwit.linux.guardian;

import dev.godwit.linux.CountingProgram;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A program that uses its memory in many ways and checks all of it without pause; run in a JVM of its own. Arrays are
 * verified and rewritten, a map churns, threads start and end, direct buffers take what was written to a file, programs
 * are started, and if asked for the whole heap is collected again and again.
 */
public final class SelfCheckingProgram {
    private static final long LONGEST_LIFE_NANOS = 300_000_000_000L;
    private static final VarHandle FIELDS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int STOP = 0;
    private static final int ROUNDS = 8;
    private static final int ERRORS = 16;
    private static final int STALL = 24;

    private static final int ARRAYS = 32;
    private static final int LONGS = 1 << 17;
    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * Between two arrays, and between many entries of the map. A thread then writes a mebibyte every other millisecond, which no
     * link of a test carries, and leaves the processors to what is tested.
     */
    private static final long BREATH_MILLIS = 1;

    private final ByteBuffer fields;

    private SelfCheckingProgram(ByteBuffer fields) {
        this.fields = fields;
    }

    /** The side that watches the program. */
    public static final class Remote {
        private final ByteBuffer fields;

        /** Through the file that the program was started with. */
        public Remote(Path file) throws IOException {
            this.fields = CountingProgram.map(file);
        }

        /** Number of arrays that were verified. */
        public long rounds() {
            return (long) FIELDS.getVolatile(fields, ROUNDS);
        }

        /** Number of things that were not as they should be. */
        public long errors() {
            return (long) FIELDS.getVolatile(fields, ERRORS);
        }

        /** Longest time that a thread which sleeps one millisecond at a time was late, since the last call. */
        public long takeLongestStallNanos() {
            return (long) FIELDS.getAndSet(fields, STALL, 0L);
        }

        /** Makes it end, with exit value zero if it saw no error. */
        public void stop() {
            FIELDS.setVolatile(fields, STOP, 1L);
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path file = Path.of(arguments[0]);
        SelfCheckingProgram program = new SelfCheckingProgram(CountingProgram.map(file));
        program.start("arrays-0", () -> program.checkArrays(0));
        program.start("arrays-1", () -> program.checkArrays(1));
        program.start("map", program::churnMap);
        program.start("threads", program::startThreads);
        program.start("buffers", () -> program.useBuffers(file.resolveSibling(file.getFileName() + ".data")));
        program.start("programs", program::startPrograms);
        if (arguments.length > 1 && arguments[1].equals("collect")) {
            program.start("collector", program::collect);
        }
        System.out.println("running");
        long start = System.nanoTime();
        long before = start;
        // Nobody is left to stop it if the tests were killed.
        while (program.runs() && before - start < LONGEST_LIFE_NANOS) {
            Thread.sleep(1);
            long now = System.nanoTime();
            program.max(STALL, now - before - 1_000_000);
            before = now;
        }
        System.out.println("errors=" + FIELDS.getVolatile(program.fields, ERRORS) + " rounds="
                + FIELDS.getVolatile(program.fields, ROUNDS) + ";");
        Runtime.getRuntime().halt((long) FIELDS.getVolatile(program.fields, ERRORS) == 0 ? 0 : 1);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException | RuntimeException | Error failure) {
                        error(name + ": " + failure);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private boolean runs() {
        return (long) FIELDS.getVolatile(fields, STOP) == 0;
    }

    private void error(String what) {
        FIELDS.getAndAdd(fields, ERRORS, 1L);
        System.out.println("ERROR " + what);
    }

    private void max(int field, long value) {
        if (value > (long) FIELDS.getVolatile(fields, field)) {
            FIELDS.setVolatile(fields, field, value);
        }
    }

    private void checkArrays(int part) throws InterruptedException {
        long[][] arrays = new long[ARRAYS / 2][];
        long[] versions = new long[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = fill(new long[LONGS], part * 1000L + i);
            versions[i] = part * 1000L + i;
        }
        for (int i = 0; runs(); i = (i + 1) % arrays.length) {
            for (int k = 0; k < LONGS; k++) {
                if (arrays[i][k] != versions[i] * 31 + k) {
                    error("array " + i + " at " + k + " holds " + arrays[i][k]);
                    break;
                }
            }
            versions[i]++;
            // Every fourth time the array is a new one, so that the heap moves.
            arrays[i] = fill(versions[i] % 4 == 0 ? new long[LONGS] : arrays[i], versions[i]);
            FIELDS.getAndAdd(fields, ROUNDS, 1L);
            Thread.sleep(BREATH_MILLIS);
        }
    }

    private static long[] fill(long[] array, long version) {
        for (int k = 0; k < LONGS; k++) {
            array[k] = version * 31 + k;
        }
        return array;
    }

    private void churnMap() throws InterruptedException {
        Map<Integer, String> map = new HashMap<>();
        Random random = new Random(1);
        for (int i = 1; runs(); i++) {
            int key = random.nextInt(20_000);
            String value = map.put(key, "value-" + key + "-" + random.nextInt());
            if (value != null && !value.startsWith("value-" + key + "-")) {
                error("map holds " + value + " for " + key);
            }
            if (i % 1000 == 0) {
                Thread.sleep(BREATH_MILLIS);
            }
        }
    }

    private void startThreads() throws InterruptedException {
        while (runs()) {
            Thread[] threads = new Thread[4];
            int[] results = new int[threads.length];
            for (int i = 0; i < threads.length; i++) {
                int own = i;
                threads[i] = new Thread(() -> results[own] = depth(200));
                threads[i].start();
            }
            for (int i = 0; i < threads.length; i++) {
                threads[i].join();
                if (results[i] != 200) {
                    error("thread gave " + results[i]);
                }
            }
            Thread.sleep(20);
        }
    }

    private static int depth(int levels) {
        return levels == 0 ? 0 : 1 + depth(levels - 1);
    }

    private void useBuffers(Path data) throws IOException, InterruptedException {
        ByteBuffer[] buffers = new ByteBuffer[32];
        long[] stamps = new long[buffers.length];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ByteBuffer.allocateDirect(BUFFER_BYTES);
        }
        try (FileChannel channel =
                FileChannel.open(data, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            for (int round = 0; runs(); round++) {
                int i = round % buffers.length;
                if (buffers[i].getLong(BUFFER_BYTES - 8) != stamps[i]) {
                    error("buffer " + i + " holds " + buffers[i].getLong(BUFFER_BYTES - 8) + " not " + stamps[i]);
                }
                stamps[i] = round;
                ByteBuffer fresh = direct(BUFFER_BYTES * 4);
                fresh.putLong(BUFFER_BYTES - 8, round).clear().limit(BUFFER_BYTES);
                channel.write(fresh, (long) i * BUFFER_BYTES);
                buffers[i].clear();
                channel.read(buffers[i], (long) i * BUFFER_BYTES);
                Thread.sleep(2);
            }
        } finally {
            Files.deleteIfExists(data);
        }
    }

    /**
     * Those that nobody holds any more are given back by a thread of the JVM's own, which may stand for long while memory is
     * missing or processors are busy: the JDK waits half a second for it.
     */
    private ByteBuffer direct(int bytes) throws InterruptedException {
        while (true) {
            try {
                return ByteBuffer.allocateDirect(bytes);
            } catch (OutOfMemoryError late) {
                if (!runs()) {
                    throw late;
                }
                Thread.sleep(10);
            }
        }
    }

    private void startPrograms() throws IOException, InterruptedException {
        while (runs()) {
            Process process = new ProcessBuilder("echo", "hello").start();
            String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0 || !text.equals("hello\n")) {
                error("program gave " + text);
            }
            Thread.sleep(200);
        }
    }

    private void collect() throws InterruptedException {
        while (runs()) {
            System.gc();
            Thread.sleep(300);
        }
    }
}
