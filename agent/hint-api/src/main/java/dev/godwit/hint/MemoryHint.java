package dev.godwit.hint;

import java.nio.ByteBuffer;

/**
 * Something said about the content of a buffer, which holds until this is closed. Keeps the buffer reachable; once neither this
 * nor the buffer is, what was said is withdrawn by itself.
 */
public final class MemoryHint implements AutoCloseable {
    /** Of a buffer about which nothing can be said. */
    static final MemoryHint NONE = new MemoryHint(null, null);

    private final DeclaredMemory.Entry entry;

    @SuppressWarnings("unused") // Kept reachable.
    private final ByteBuffer buffer;

    MemoryHint(DeclaredMemory.Entry entry, ByteBuffer buffer) {
        this.entry = entry;
        this.buffer = buffer;
    }

    /**
     * Withdraws what was said; throws nothing, and does nothing the second time. A migration that is pausing the machine at this
     * moment may still go by what was said: write what must be kept after closing, not before.
     */
    @Override
    public void close() {
        if (entry != null) {
            DeclaredMemory.withdraw(entry);
        }
    }
}
