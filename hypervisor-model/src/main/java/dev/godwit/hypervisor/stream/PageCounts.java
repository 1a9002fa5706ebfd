package dev.godwit.hypervisor.stream;

import java.util.Arrays;
import java.util.Objects;

/** Pages by encoding, and the bytes of their data. Not thread-safe. */
public final class PageCounts {
    private final long[] pages = new long[WireEncoding.COUNT + 1];
    private long dataBytes;

    /** Counts pages. */
    public void add(WireEncoding encoding, long count, long bytes) {
        pages[encoding.code()] += count;
        dataBytes += bytes;
    }

    /** Counts all that others counts say. */
    public void add(PageCounts other) {
        for (int code = 1; code <= WireEncoding.COUNT; code++) {
            pages[code] += other.pages[code];
        }
        dataBytes += other.dataBytes;
    }

    /** Pages of an encoding. */
    public long pages(WireEncoding encoding) {
        return pages[encoding.code()];
    }

    /** Pages of all encodings. */
    public long pages() {
        return Arrays.stream(pages).sum();
    }

    /** What stood for them, entries left out. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Another with the same counts. */
    public PageCounts copy() {
        PageCounts copy = new PageCounts();
        copy.add(this);
        return copy;
    }

    void clear() {
        Arrays.fill(pages, 0);
        dataBytes = 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PageCounts counts
                && Arrays.equals(pages, counts.pages)
                && dataBytes == counts.dataBytes;
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(pages), dataBytes);
    }

    @Override
    public String toString() {
        return pages() + " pages, " + dataBytes + " bytes of data";
    }
}
