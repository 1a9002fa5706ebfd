package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.PageRuns;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Private memory that only the test touches; pages are numbered from zero. */
final class TestPages implements AutoCloseable {
    private final int page = PageSize.bytes();
    private final int count;
    private final NativeBuffer memory;
    private final ByteBuffer bytes;
    private byte stamp;

    TestPages(int count) {
        this.count = count;
        this.memory = NativeBuffer.privateMemory((long) count * page);
        this.bytes = memory.slice(0, count * page);
    }

    static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** Changes one byte of each page. */
    void write(int from, int to) {
        stamp++;
        for (int i = from; i < to; i++) {
            bytes.put(i * page + 77, stamp);
        }
    }

    /** Fills a page. */
    void fill(int number, byte value) {
        for (int i = 0; i < page; i++) {
            bytes.put(number * page + i, value);
        }
    }

    void fillRandomly(int number, Random random) {
        byte[] content = new byte[page];
        random.nextBytes(content);
        bytes.put(number * page, content);
    }

    long readAll() {
        long sum = 0;
        for (int i = 0; i < bytes.capacity(); i++) {
            sum += bytes.get(i);
        }
        return sum;
    }

    /** Gives pages back to the kernel. */
    void discard(int from, int to) {
        memory.discard((long) from * page, (long) (to - from) * page);
    }

    VmRanges.Range range(int from, int to) {
        return new VmRanges.Range(address(from), address(to));
    }

    long address(int number) {
        return memory.address() + (long) number * page;
    }

    /** Numbers of the pages that are in the set. */
    List<Integer> among(PageRuns runs) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (runs.contains(address(i) / page)) {
                found.add(i);
            }
        }
        return found;
    }

    @Override
    public void close() {
        memory.close();
    }
}
