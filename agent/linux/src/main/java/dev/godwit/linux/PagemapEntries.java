package dev.godwit.linux;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Entries of {@code /proc/PID/pagemap}: 64 bits per page, of which bit 63 says present and bit 62 swapped
 * ({@code Documentation/admin-guide/mm/pagemap.rst}). Any kernel has them.
 */
final class PagemapEntries implements AutoCloseable {
    private static final long PRESENT_OR_SWAPPED = 3L << 62;
    private static final int CHUNK_PAGES = 8192;

    private final String path;
    private final byte[] chunk = new byte[CHUNK_PAGES * Long.BYTES];
    private final LongBuffer chunkEntries =
            ByteBuffer.wrap(chunk).order(ByteOrder.nativeOrder()).asLongBuffer();
    private RandomAccessFile file;

    PagemapEntries(String path) {
        this.path = path;
    }

    void scanPresent(long start, long end, RangeSink present) {
        try {
            if (file == null) {
                file = new RandomAccessFile(path, "r");
            }
            walk(start, end, present);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + path, failure);
        }
    }

    private void walk(long start, long end, RangeSink present) throws IOException {
        int shift = PageSize.shift();
        long runStart = -1;
        long address = start;
        while (address < end) {
            int wanted = (int) Math.min(CHUNK_PAGES, (end - address) >>> shift);
            int pages = read(address >>> shift, wanted);
            for (int i = 0; i < pages; i++) {
                boolean there = (chunkEntries.get(i) & PRESENT_OR_SWAPPED) != 0;
                long at = address + ((long) i << shift);
                if (there && runStart < 0) {
                    runStart = at;
                } else if (!there && runStart >= 0) {
                    present.range(runStart, at);
                    runStart = -1;
                }
            }
            address += (long) pages << shift;
            if (pages < wanted) {
                break;
            }
        }
        if (runStart >= 0) {
            present.range(runStart, address);
        }
    }

    /** Number of entries read, fewer than wanted at the end of the address space. */
    private int read(long page, int wanted) throws IOException {
        file.seek(page * Long.BYTES);
        int have = 0;
        int bytes = wanted * Long.BYTES;
        while (have < bytes) {
            int got = file.read(chunk, have, bytes - have);
            if (got <= 0) {
                break;
            }
            have += got;
        }
        return have / Long.BYTES;
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot close " + path, failure);
        }
    }
}
