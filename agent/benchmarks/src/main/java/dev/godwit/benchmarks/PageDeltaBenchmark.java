package dev.godwit.benchmarks;

import dev.godwit.trace.PageDelta;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * XOR and run-length coding: nanoseconds for each page of 4 KiB; GB/s are 4096 divided by that. Both versions of a page are
 * read, 8 KiB, so with many pages it is the memory that decides, and what else uses it: {@link #compareVersions} is the least
 * that reading takes, and few pages, which stay in the processor's cache, show the code alone.
 *
 * <p>In the regions of a G1 heap the many pages took 1.2 to 1.5 times as long as in one contiguous young generation, in one fork and
 * another, by where they happened to lie; so the collector here is Parallel.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseParallelGC"})
@State(Scope.Benchmark)
public class PageDeltaBenchmark {
    private static final int PAGES = 2048;

    /** How many different pages: 512 KiB of both versions, and 16 MiB. */
    @Param({"64", "2048"})
    public int different;

    private final byte[][] before = new byte[PAGES][];
    private final byte[][] unchanged = new byte[PAGES][];
    private final byte[][] now = new byte[PAGES][];
    private final byte[][] deltas = new byte[PAGES][];
    private final int[] deltaBytes = new int[PAGES];
    private final byte[] out = new byte[HeapPages.PAGE];
    private final byte[] page = new byte[HeapPages.PAGE];

    /** The same few pages again and again, or all of them, and their deltas. */
    @Setup(Level.Trial)
    public void setUp() {
        byte[][] pages = new HeapPages().pages(PAGES);
        byte[][] changed = new HeapPages().changed(pages);
        for (int i = 0; i < PAGES; i++) {
            // Spread over all: what kind of change a page gets is drawn by lot.
            int from = i % different * (PAGES / different);
            before[i] = pages[from];
            now[i] = changed[from];
            unchanged[i] = i < different ? pages[from].clone() : unchanged[i % different];
            int size = encode(i);
            deltaBytes[i] = Math.max(0, size);
            deltas[i] = i < different ? Arrays.copyOf(out, deltaBytes[i]) : deltas[i % different];
        }
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int encode() {
        int bytes = 0;
        for (int i = 0; i < PAGES; i++) {
            bytes += encode(i);
        }
        return bytes;
    }

    private int encode(int i) {
        return PageDelta.encode(before[i], 0, now[i], 0, HeapPages.PAGE, out, 0, HeapPages.PAGE);
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public byte[] decode() {
        for (int i = 0; i < PAGES; i++) {
            PageDelta.decode(deltas[i], 0, deltaBytes[i], page, 0, HeapPages.PAGE);
        }
        return page;
    }

    /** Two equal versions, by the JVM's own vector code, to the last byte. */
    @Benchmark
    @OperationsPerInvocation(PAGES)
    public int compareVersions() {
        int equal = 0;
        for (int i = 0; i < PAGES; i++) {
            equal += Arrays.mismatch(before[i], unchanged[i]) < 0 ? 1 : 0;
        }
        return equal;
    }
}
