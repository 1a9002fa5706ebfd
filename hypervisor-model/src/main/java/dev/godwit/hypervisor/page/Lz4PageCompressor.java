package dev.godwit.hypervisor.page;

import java.util.Objects;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4 blocks, one for each page: by the native library, or in Java where that cannot be loaded. */
final class Lz4PageCompressor implements PageCompressor {
    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;
    private byte[] target = new byte[0];

    Lz4PageCompressor() {
        LZ4Factory factory = factory();
        compressor = factory.fastCompressor();
        decompressor = factory.safeDecompressor();
    }

    private static LZ4Factory factory() {
        try {
            return LZ4Factory.nativeInstance();
        } catch (LinkageError | RuntimeException notThere) {
            // Not the one with Unsafe: JDK 25 warns about that.
            return LZ4Factory.safeInstance();
        }
    }

    @Override
    public int compress(byte[] page, byte[] out) {
        Objects.checkFromIndexSize(0, page.length, out.length);
        int most = compressor.maxCompressedLength(page.length);
        if (target.length < most) {
            target = new byte[most];
        }
        int size = compressor.compress(page, 0, page.length, target, 0, target.length);
        if (size >= page.length) {
            return OVERFLOW;
        }
        System.arraycopy(target, 0, out, 0, size);
        return size;
    }

    @Override
    public void decompress(byte[] compressed, int length, byte[] page) {
        try {
            int size = decompressor.decompress(compressed, 0, length, page, 0, page.length);
            if (size != page.length) {
                throw new IllegalArgumentException(
                        "LZ4 page refused: it holds " + size + " bytes instead of " + page.length);
            }
        } catch (LZ4Exception | IndexOutOfBoundsException bad) {
            throw new IllegalArgumentException("LZ4 page refused: " + bad.getMessage(), bad);
        }
    }

    @Override
    public void close() {
        // Nothing outside the heap.
    }
}
