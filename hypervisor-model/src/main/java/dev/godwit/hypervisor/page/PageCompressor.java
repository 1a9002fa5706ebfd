package dev.godwit.hypervisor.page;

/** Compresses one page at a time, by itself. Not thread-safe. */
public interface PageCompressor extends AutoCloseable {
    /** Given by {@link #compress} if the page does not shrink: send it as it is. */
    int OVERFLOW = -1;

    /**
     * Compresses a page.
     *
     * @param page the page, all of the array
     * @param out gets the compressed page from index 0 on; at least as long as the page
     * @return its size, less than that of the page, or {@link #OVERFLOW}
     */
    int compress(byte[] page, byte[] out);

    /**
     * Restores a page. What is received is not trusted: nothing outside the page is read or written.
     *
     * @param compressed holds the compressed page from index 0 on
     * @param length its size
     * @param page gets the page, all of the array
     * @throws IllegalArgumentException if it is none, or of another size; one line
     */
    void decompress(byte[] compressed, int length, byte[] page);

    @Override
    void close();

    /**
     * LZ4 by its native library, with every bound checked; on a machine that it was not built for in Java, at less than half of
     * the speed.
     */
    static PageCompressor lz4() {
        return new Lz4PageCompressor();
    }

    /** zstd, level 1, by its native library, with one context for all pages. */
    static PageCompressor zstd() {
        return new ZstdPageCompressor();
    }
}
