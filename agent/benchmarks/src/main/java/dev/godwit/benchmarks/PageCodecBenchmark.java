package dev.godwit.benchmarks;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.page.PageCompressor;
import dev.godwit.hypervisor.page.ZeroPage;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a migration does with a page: nanoseconds for each page of 4 KiB; GB/s are 4096 divided by that. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@State(Scope.Benchmark)
public class PageCodecBenchmark {
    private static final int PAGES = 2048;
    private static final int SCANNED_PAGES = 1 << 20;

    private final byte[][] pages = new HeapPages().pages(PAGES);
    private final byte[] zeros = new byte[PAGES * HeapPages.PAGE];
    private final byte[][] lz4Blocks = new byte[PAGES][];
    private final byte[][] zstdFrames = new byte[PAGES][];
    private final byte[] out = new byte[HeapPages.PAGE];
    private final byte[] page = new byte[HeapPages.PAGE];
    private final PageBitmap dirty = new PageBitmap(SCANNED_PAGES);
    private PageCompressor lz4;
    private PageCompressor zstd;

    /** Compresses what is decompressed later, and scatters one dirty page in a hundred. */
    @Setup(Level.Trial)
    public void setUp() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < SCANNED_PAGES / 100; i++) {
            dirty.set(random.nextInt(SCANNED_PAGES));
        }
        lz4 = PageCompressor.lz4();
        zstd = PageCompressor.zstd();
        compressAll(lz4, lz4Blocks);
        compressAll(zstd, zstdFrames);
    }

    private void compressAll(PageCompressor compressor, byte[][] compressed) {
        for (int i = 0; i < PAGES; i++) {
            compressed[i] = Arrays.copyOf(out, Math.max(0, compressor.compress(pages[i], out)));
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        lz4.close();
        zstd.close();
    }

    /** Walking the dirty bitmap of 4 GiB, one page in a hundred dirty. */
    @Benchmark
    @OperationsPerInvocation(SCANNED_PAGES)
    public int pageScan() {
        int found = 0;
        for (int gfn = dirty.next(0); gfn >= 0; gfn = dirty.next(gfn + 1)) {
            found++;
        }
        return found;
    }

    /** Pages of zeros: every byte is looked at. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int zeroCheckOfZeros() {
        int found = 0;
        for (int i = 0; i < PAGES; i++) {
            found += ZeroPage.isZero(zeros, i * HeapPages.PAGE, HeapPages.PAGE) ? 1 : 0;
        }
        return found;
    }

    /** Pages of a heap: over at the first words. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int zeroCheckOfHeap() {
        int found = 0;
        for (byte[] each : pages) {
            found += ZeroPage.isZero(each, 0, HeapPages.PAGE) ? 1 : 0;
        }
        return found;
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int lz4() {
        int bytes = 0;
        for (byte[] each : pages) {
            bytes += lz4.compress(each, out);
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int zstd() {
        int bytes = 0;
        for (byte[] each : pages) {
            bytes += zstd.compress(each, out);
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public byte[] lz4Decode() {
        return decompressAll(lz4, lz4Blocks);
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public byte[] zstdDecode() {
        return decompressAll(zstd, zstdFrames);
    }

    private byte[] decompressAll(PageCompressor compressor, byte[][] compressed) {
        for (byte[] each : compressed) {
            compressor.decompress(each, each.length, page);
        }
        return page;
    }
}
