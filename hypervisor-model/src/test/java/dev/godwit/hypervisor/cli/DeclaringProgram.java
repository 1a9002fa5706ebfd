package dev.godwit.hypervisor.cli;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A program that says something of its buffers through the hint API, which a class loader of its own has, and checks
 * what becomes of them: one that may be discarded, one of which that was said and withdrawn, one that a file has too,
 * but for a page, and the edges around what was said.
 */
public final class DeclaringProgram {
    static final int SCRATCH_PAGES = 1024;
    static final int FILE_PAGES = 512;

    /** Page of the third buffer that the file has not as it is. */
    private static final int CHANGED_PAGE = 7;

    private static final int PAGE = 4096;
    private static final int FILE_HEADER = 100;
    private static final long LONGEST_LIFE_NANOS = 600_000_000_000L;

    private final Method discardable;
    private final Method refetchable;
    private long zeroed;

    private DeclaringProgram(Path hintApi) throws IOException, ReflectiveOperationException {
        ClassLoader loader = new URLClassLoader(new URL[] {hintApi.toUri().toURL()}, null);
        Class<?> hints = Class.forName("dev.godwit.hint.MigrationHints", true, loader);
        Class<?> unused = Class.forName("dev.godwit.hint.CriticalSection", true, loader);
        discardable = hints.getMethod("discardable", ByteBuffer.class);
        refetchable = hints.getMethod("refetchable", ByteBuffer.class, Path.class, long.class);
    }

    /** Takes where the classes of the hint API are, and a file to write. */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException, InterruptedException {
        new DeclaringProgram(Path.of(arguments[0])).run(Path.of(arguments[1]));
    }

    private void run(Path file) throws IOException, ReflectiveOperationException, InterruptedException {
        // The first page that lies wholly in what is said begins somewhere behind; the bytes before and behind are not
        // meant.
        ByteBuffer whole = filled((SCRATCH_PAGES + 4) * PAGE, 1);
        ByteBuffer scratch = whole.duplicate().position(PAGE).limit(PAGE + (SCRATCH_PAGES + 1) * PAGE);
        ByteBuffer withdrawn = filled(SCRATCH_PAGES * PAGE, 2);
        ByteBuffer stored = filled(FILE_PAGES * PAGE, 3);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(stored.duplicate().clear(), FILE_HEADER);
        }
        stored.putLong(CHANGED_PAGE * PAGE + 8, 42);
        Object kept = discardable.invoke(null, scratch);
        close(discardable.invoke(null, withdrawn));
        Object inFile = refetchable.invoke(null, stored, file, (long) FILE_HEADER);
        System.out.println("running");
        long start = System.nanoTime();
        while (System.nanoTime() - start < LONGEST_LIFE_NANOS) {
            checkScratch(whole);
            check("withdrawn", withdrawn, 2);
            if (stored.getLong(CHANGED_PAGE * PAGE + 8) != 42) {
                System.out.println("ERROR the changed page came from the file");
            }
            stored.putLong(CHANGED_PAGE * PAGE + 8, 3);
            check("stored", stored, 3);
            stored.putLong(CHANGED_PAGE * PAGE + 8, 42);
            System.out.println("zeroed " + zeroed + " of " + kept.hashCode() + " " + inFile.hashCode() + ";");
            Thread.sleep(100);
        }
    }

    private static void close(Object hint) {
        try {
            ((AutoCloseable) hint).close();
        } catch (Exception never) {
            throw new IllegalStateException(never);
        }
    }

    private static ByteBuffer filled(int bytes, long value) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
        for (int at = 0; at < bytes; at += Long.BYTES) {
            buffer.putLong(at, value);
        }
        return buffer;
    }

    private static void check(String name, ByteBuffer buffer, long value) {
        for (int at = 0; at < buffer.capacity(); at += Long.BYTES) {
            if (buffer.getLong(at) != value) {
                System.out.println("ERROR " + name + " holds " + buffer.getLong(at) + " at " + at);
                return;
            }
        }
    }

    /** Only what was said to be discardable may be zeros; it is filled again. */
    private void checkScratch(ByteBuffer whole) {
        for (int page = 0; page < whole.capacity(); page += PAGE) {
            boolean zeros = false;
            for (int at = page; at < page + PAGE; at += Long.BYTES) {
                long value = whole.getLong(at);
                boolean meant = at >= PAGE && at < (SCRATCH_PAGES + 2) * PAGE;
                zeros |= value == 0 && meant;
                if (value != 1 && !(value == 0 && meant)) {
                    System.out.println("ERROR scratch holds " + value + " at " + at);
                }
                whole.putLong(at, 1);
            }
            // A buffer may begin within a page of the machine: then its pages are halves of two here.
            zeroed += zeros ? 1 : 0;
        }
    }
}
