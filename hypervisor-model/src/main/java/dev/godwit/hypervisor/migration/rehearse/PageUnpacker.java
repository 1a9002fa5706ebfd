package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.page.PageCompressor;
import dev.godwit.hypervisor.stream.StreamException;
import dev.godwit.hypervisor.stream.WireEncoding;
import dev.godwit.trace.PageDelta;
import java.nio.ByteBuffer;

/** Restores pages that were made smaller. What is received is not trusted. */
final class PageUnpacker implements AutoCloseable {
    private final PageCompressor lz4 = PageCompressor.lz4();
    private final PageCompressor zstd = PageCompressor.zstd();
    private final byte[] received;
    private final byte[] page;
    private final ByteBuffer whole;

    PageUnpacker(int pageBytes) {
        received = new byte[pageBytes];
        page = new byte[pageBytes];
        whole = ByteBuffer.wrap(page);
    }

    /**
     * Restores a page.
     *
     * @param data what was received
     * @param before the version that is here, for a delta
     * @return the page, from position to limit; the same buffer each time
     * @throws StreamException if it is none; one line
     */
    ByteBuffer unpack(WireEncoding encoding, long number, ByteBuffer data, HeldMemory before) throws StreamException {
        int size = data.remaining();
        data.get(received, 0, size);
        try {
            switch (encoding) {
                case LZ4 -> lz4.decompress(received, size, page);
                case ZSTD -> zstd.decompress(received, size, page);
                case DELTA -> {
                    before.held(number).get(page);
                    PageDelta.decode(received, 0, size, page, 0, page.length);
                }
                case ZERO, RAW, DROPPED, STORED ->
                    throw new IllegalArgumentException(encoding.label() + " is not made smaller");
            }
        } catch (IllegalArgumentException bad) {
            throw new StreamException("page " + number + ": " + bad.getMessage());
        }
        return whole.clear();
    }

    @Override
    public void close() {
        lz4.close();
        zstd.close();
    }
}
