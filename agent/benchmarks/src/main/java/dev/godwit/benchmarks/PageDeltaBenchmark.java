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
 * <p>The collector is the one that {@code ./godwit} itself runs with. In the regions of a G1 heap encoding many pages took 1.2
 * to 1.5 times as long as in its contiguous young generation, in one fork and another, by where they happened to lie.
 *
 * <p>Deltas are decoded as they arrive: one behind the other in a buffer, each applied to a page of its own. (Scattered over
 * the heap, with other pages between them, they took 620 to 2080 ns, by what of them was still in the cache: their runs say
 * where the next one begins, so that no processor reads ahead.)
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseSerialGC"})
@State(Scope.Benchmark)
public class PageDeltaBenchmark {
    private static final int PAGES = 2048;

    /** How many different pages: 512 KiB of both versions, and 16 MiB. */
    @Param({"64", "2048"})
    public int different;

    private final byte[][] before = new byte[PAGES][];
    private final byte[][] unchanged = new byte[PAGES][];
    private final byte[][] now = new byte[PAGES][];
    private final byte[][] changing = new byte[PAGES][];
    private final byte[] deltas = new byte[PAGES * HeapPages.PAGE];
    private final int[] deltaOffset = new int[PAGES];
    private final int[] deltaBytes = new int[PAGES];
    private final byte[] out = new byte[HeapPages.PAGE];

    /** The same few pages again and again, or all of them, and their deltas. (A delta holds the new words: it may be decoded again.) */
    @Setup(Level.Trial)
    public void setUp() {
        byte[][] pages = new HeapPages().pages(PAGES);
        byte[][] changed = new HeapPages().changed(pages);
        int end = 0;
        for (int i = 0; i < PAGES; i++) {
            // Spread over all: what kind of change a page gets is drawn by lot.
            int from = i % different * (PAGES / different);
            before[i] = pages[from];
            now[i] = changed[from];
            if (i < different) {
                unchanged[i] = pages[from].clone();
                changing[i] = pages[from].clone();
                deltaOffset[i] = end;
                deltaBytes[i] = Math.max(0, encode(i));
                System.arraycopy(out, 0, deltas, end, deltaBytes[i]);
                end += deltaBytes[i];
            } else {
                unchanged[i] = unchanged[i % different];
                changing[i] = changing[i % different];
                deltaOffset[i] = deltaOffset[i % different];
                deltaBytes[i] = deltaBytes[i % different];
            }
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
    public byte[][] decode() {
        for (int i = 0; i < PAGES; i++) {
            PageDelta.decode(deltas, deltaOffset[i], deltaBytes[i], changing[i], 0, HeapPages.PAGE);
        }
        return changing;
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
