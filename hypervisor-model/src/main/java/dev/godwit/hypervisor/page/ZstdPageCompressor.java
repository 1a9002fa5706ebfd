package dev.godwit.hypervisor.page;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Objects;

/** zstd frames, one for each page. Making a context for each page would halve the throughput. */
final class ZstdPageCompressor implements PageCompressor {
    private static final int LEVEL = 1;

    private final ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(LEVEL);
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private byte[] target = new byte[0];

    @Override
    public int compress(byte[] page, byte[] out) {
        Objects.checkFromIndexSize(0, page.length, out.length);
        int most = (int) Zstd.compressBound(page.length);
        if (target.length < most) {
            target = new byte[most];
        }
        int size = compressor.compressByteArray(target, 0, target.length, page, 0, page.length);
        if (size >= page.length) {
            return OVERFLOW;
        }
        System.arraycopy(target, 0, out, 0, size);
        return size;
    }

    @Override
    public void decompress(byte[] compressed, int length, byte[] page) {
        Objects.checkFromIndexSize(0, length, compressed.length);
        int size;
        try {
            size = decompressor.decompressByteArray(page, 0, page.length, compressed, 0, length);
        } catch (ZstdException bad) {
            throw new IllegalArgumentException("zstd page refused: " + bad.getMessage(), bad);
        }
        if (size != page.length) {
            throw new IllegalArgumentException(
                    "zstd page refused: it holds " + size + " bytes instead of " + page.length);
        }
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
