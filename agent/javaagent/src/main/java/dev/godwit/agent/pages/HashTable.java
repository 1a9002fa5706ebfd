package dev.godwit.agent.pages;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import java.nio.ByteBuffer;

/**
 * Hashes of pages in ascending order of their addresses: 8 bytes per page outside the heap, and the addresses as ranges.
 * Filled once from below, then looked up once from below.
 */
final class HashTable implements AutoCloseable {
    private final int capacity;
    private final NativeBuffer memory;
    private final ByteBuffer hashes;
    private final AddressRanges pages = new AddressRanges();
    private int size;

    private int lookupRange;
    private long lookupBefore;

    /** A table for at most {@code capacity} pages; memory is taken as it fills. */
    HashTable(int capacity) {
        this.capacity = capacity;
        this.memory = NativeBuffer.shared((long) capacity * Long.BYTES);
        this.hashes = memory.slice(0, capacity * Long.BYTES);
    }

    void clear() {
        pages.clear();
        size = 0;
    }

    boolean isFull() {
        return size == capacity;
    }

    /** Adds a page behind those that are in the table. */
    void append(long address, long hash) {
        hashes.putLong(size * Long.BYTES, hash);
        size++;
        pages.add(address, address + PageSize.bytes());
    }

    /** Starts a pass of {@link #isKnown} calls. */
    void rewind() {
        lookupRange = 0;
        lookupBefore = 0;
    }

    /** True if the page is in the table with this hash. Addresses must ascend from call to call. */
    boolean isKnown(long address, long hash) {
        while (lookupRange < pages.size() && pages.end(lookupRange) <= address) {
            lookupBefore += (pages.end(lookupRange) - pages.start(lookupRange)) >>> PageSize.shift();
            lookupRange++;
        }
        if (lookupRange == pages.size() || address < pages.start(lookupRange)) {
            return false;
        }
        long index = lookupBefore + ((address - pages.start(lookupRange)) >>> PageSize.shift());
        return hashes.getLong((int) index * Long.BYTES) == hash;
    }

    @Override
    public void close() {
        memory.close();
    }
}
