package dev.godwit.bootstrap;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** What applications said about the content of their buffers. Holds no buffer. */
public final class DeclaredBuffers {
    private static final int MOST = 4096;

    private static final ConcurrentSkipListMap<Integer, Declared> BY_NUMBER = new ConcurrentSkipListMap<>();
    private static int last;

    private DeclaredBuffers() {}

    /**
     * A direct buffer, from its position to its limit.
     *
     * @param number rises from buffer to buffer
     * @param buffer cleared once the buffer cannot be reached any more
     * @param capacityStart position in the buffer at which the range starts
     * @param bytes length of the range
     * @param file that holds the same bytes; empty for one that may be discarded
     * @param fileOffset where in the file
     */
    public record Declared(
            int number, WeakReference<ByteBuffer> buffer, int capacityStart, int bytes, String file, long fileOffset) {}

    /**
     * Something is said about a direct buffer.
     *
     * @param file absolute path of a file with the same bytes; null for a buffer whose content may be lost
     * @return its number for {@link #withdraw}; zero if it is not taken
     */
    public static synchronized int declare(ByteBuffer buffer, String file, long fileOffset) {
        if (buffer == null || !buffer.isDirect() || !buffer.hasRemaining() || BY_NUMBER.size() >= MOST) {
            return 0;
        }
        last++;
        String path = file == null ? "" : file;
        BY_NUMBER.put(
                last,
                new Declared(
                        last, new WeakReference<>(buffer), buffer.position(), buffer.remaining(), path, fileOffset));
        return last;
    }

    /** It does not hold any longer. */
    public static void withdraw(int number) {
        BY_NUMBER.remove(number);
    }

    /** What holds, by number; buffers that are gone are left out from then on. */
    public static List<Declared> all() {
        BY_NUMBER.values().removeIf(declared -> declared.buffer().get() == null);
        return List.copyOf(BY_NUMBER.values());
    }
}
