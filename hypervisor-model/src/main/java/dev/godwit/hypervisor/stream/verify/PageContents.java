package dev.godwit.hypervisor.stream.verify;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** Restores pages from what was sent of them. */
final class PageContents implements AutoCloseable {
    private final LZ4SafeDecompressor lz4 = LZ4Factory.safeInstance().safeDecompressor();
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

    /** Restores an LZ4 block; the page is all of the array. */
    void lz4(byte[] data, int from, int length, byte[] page) throws StreamRefused {
        int size;
        try {
            size = lz4.decompress(data, from, length, page, 0, page.length);
        } catch (LZ4Exception | IndexOutOfBoundsException bad) {
            throw new StreamRefused("an LZ4 block that cannot be read");
        }
        requireWhole(size, page);
    }

    /** Restores a zstd frame. */
    void zstd(byte[] data, int from, int length, byte[] page) throws StreamRefused {
        int size;
        try {
            size = zstd.decompressByteArray(page, 0, page.length, data, from, length);
        } catch (ZstdException bad) {
            throw new StreamRefused("a zstd frame that cannot be read");
        }
        requireWhole(size, page);
    }

    private static void requireWhole(int size, byte[] page) throws StreamRefused {
        if (size != page.length) {
            throw new StreamRefused("a page of " + size + " bytes");
        }
    }

    /** Turns an earlier version of a page into the later one. */
    static void delta(byte[] data, int from, int length, byte[] page) throws StreamRefused {
        int words = page.length / 8;
        int at = from;
        int end = from + length;
        int word = 0;
        boolean first = true;
        while (at < end) {
            int[] skip = varint(data, at, end);
            int[] changed = varint(data, skip[1], end);
            at = changed[1];
            word += skip[0];
            boolean emptyRun = changed[0] == 0 || (skip[0] == 0 && !first);
            if (emptyRun || word + changed[0] > words || changed[0] * 8 > end - at) {
                throw new StreamRefused("a delta with a run that is empty, too long or cut off");
            }
            for (int i = 0; i < changed[0] * 8; i++) {
                page[word * 8 + i] = data[at++];
            }
            word += changed[0];
            first = false;
        }
    }

    /** Value, and where it ends. */
    private static int[] varint(byte[] data, int at, int end) throws StreamRefused {
        if (at < end && data[at] >= 0) {
            return new int[] {data[at], at + 1};
        }
        if (at + 1 >= end || data[at + 1] <= 0) {
            throw new StreamRefused("a delta with a number that is cut off or not in its only form");
        }
        return new int[] {data[at + 1] << 7 | (data[at] & 0x7F), at + 2};
    }

    /** CRC-32 above CRC32C. */
    static long hash(byte[] bytes, int from, int length) {
        CRC32 zip = new CRC32();
        zip.update(bytes, from, length);
        CRC32C castagnoli = new CRC32C();
        castagnoli.update(bytes, from, length);
        return zip.getValue() << 32 | castagnoli.getValue();
    }

    @Override
    public void close() {
        zstd.close();
    }
}
