package dev.godwit.agent.pages;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import dev.godwit.linux.PrivateLibrary;
import java.io.IOException;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Sizes of single pages after LZ4 and after zstd level 1. Not thread-safe. */
final class PageCompressors implements AutoCloseable {
    private static final int ZSTD_LEVEL = 1;

    // No native code and no Unsafe: JDK 25 warns about both.
    private final LZ4Compressor lz4 = LZ4Factory.safeInstance().fastCompressor();
    private final ZstdCompressCtx zstd;
    private final byte[] target;

    private PageCompressors(int pageBytes) {
        zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
        // More than the bound of either for one page.
        target = new byte[pageBytes + pageBytes / 128 + 1024];
    }

    /**
     * Loads what is needed.
     *
     * @throws IOException if the native part of zstd cannot be loaded
     */
    static PageCompressors open(int pageBytes) throws IOException {
        try {
            loadZstd();
            return new PageCompressors(pageBytes);
        } catch (LinkageError failure) {
            throw new IOException("cannot load the native part of zstd: " + failure, failure);
        }
    }

    /** By itself zstd-jni would leave its library in the directory for temporary files until the JVM ends. */
    private static synchronized void loadZstd() throws IOException {
        if (Native.isLoaded()) {
            return;
        }
        String fileName = "libzstd-jni-" + ZstdVersion.VERSION + ".so";
        String resource = "linux/" + System.getProperty("os.arch") + "/" + fileName;
        try (PrivateLibrary library = PrivateLibrary.unpack(Native.class, resource, fileName)) {
            System.load(library.file().toString());
        }
        Native.assumeLoaded();
    }

    int lz4Bytes(byte[] page) {
        return lz4.compress(page, 0, page.length, target, 0, target.length);
    }

    int zstdBytes(byte[] page) {
        try {
            return zstd.compressByteArray(target, 0, target.length, page, 0, page.length);
        } catch (ZstdException failure) {
            throw new IllegalStateException("zstd refused a page: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        zstd.close();
    }
}
