package dev.godwit.hint;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What is said about buffers, kept for an agent that is attached later. */
final class DeclaredMemory {
    /** Bounded, as all that an agent takes from an application. */
    private static final int MOST = 1024;

    private static final List<Entry> ENTRIES = new ArrayList<>();

    private DeclaredMemory() {}

    static MemoryHint declare(ByteBuffer buffer, String file, long fileOffset) {
        if (buffer == null || !buffer.isDirect() || !buffer.hasRemaining() || fileOffset < 0) {
            return MemoryHint.NONE;
        }
        Entry entry = new Entry(buffer, file, fileOffset);
        synchronized (ENTRIES) {
            ENTRIES.removeIf(known -> known.buffer.get() == null);
            if (ENTRIES.size() >= MOST) {
                return MemoryHint.NONE;
            }
            ENTRIES.add(entry);
            entry.number = MigrationHints.declared(buffer, file, fileOffset);
        }
        return new MemoryHint(entry, buffer);
    }

    static void withdraw(Entry entry) {
        synchronized (ENTRIES) {
            boolean known = ENTRIES.remove(entry);
            if (known && entry.number != 0) {
                MigrationHints.withdrawn(entry.number);
            }
        }
    }

    /** Tells an agent that was not there when it was said. */
    static void announce() {
        synchronized (ENTRIES) {
            for (Entry entry : ENTRIES) {
                ByteBuffer buffer = entry.buffer.get();
                if (buffer != null && entry.number == 0) {
                    entry.number = MigrationHints.declared(buffer, entry.file, entry.fileOffset);
                }
            }
        }
    }

    /** One buffer. */
    static final class Entry {
        private final WeakReference<ByteBuffer> buffer;
        private final String file;
        private final long fileOffset;
        private int number;

        Entry(ByteBuffer buffer, String file, long fileOffset) {
            this.buffer = new WeakReference<>(buffer);
            this.file = file;
            this.fileOffset = fileOffset;
        }
    }
}
