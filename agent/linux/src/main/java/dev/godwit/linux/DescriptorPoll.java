package dev.godwit.linux;

import java.nio.ByteBuffer;

/**
 * Waits until one of some file descriptors has something to read, by {@code poll(2)}, without allocating. Not
 * thread-safe.
 */
public final class DescriptorPoll implements AutoCloseable {
    /** {@code struct pollfd {int fd; short events; short revents}}. */
    private static final int ENTRY_BYTES = 8;

    private final int limit;
    private final NativeBuffer memory;
    private final ByteBuffer fields;
    private int count;

    /** For at most {@code limit} descriptors. */
    public DescriptorPoll(int limit) {
        this.limit = limit;
        this.memory = NativeBuffer.shared((long) limit * ENTRY_BYTES);
        this.fields = memory.slice(0, limit * ENTRY_BYTES);
    }

    /** Forgets all descriptors. */
    public void clear() {
        count = 0;
    }

    /**
     * Adds a descriptor.
     *
     * @return its index for {@link #isReady}
     */
    public int add(int fd) {
        if (count == limit) {
            throw new IllegalStateException("no more than " + limit + " descriptors");
        }
        int at = count * ENTRY_BYTES;
        fields.putInt(at, fd).putShort(at + 4, (short) PlainLibC.POLLIN).putShort(at + 6, (short) 0);
        return count++;
    }

    /** Waits, at most as long as given: zero not at all, -1 without end. A signal may end it early. */
    public void await(int timeoutMillis) {
        if (PlainLibC.poll(memory.address(), count, timeoutMillis) < 0) {
            for (int i = 0; i < count; i++) {
                fields.putShort(i * ENTRY_BYTES + 6, (short) 0);
            }
        }
    }

    /** True if there is something to read, an end, or an error. */
    public boolean isReady(int index) {
        return fields.getShort(index * ENTRY_BYTES + 6) != 0;
    }

    @Override
    public void close() {
        memory.close();
    }
}
