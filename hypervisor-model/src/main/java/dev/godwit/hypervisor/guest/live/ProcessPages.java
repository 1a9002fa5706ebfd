package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.guest.PageTable;
import dev.godwit.linux.PageSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Which guest frame a page of a process is. The address space is cut into blocks of {@value #BLOCK_PAGES} pages; a block is
 * given frames when content is first seen in it, and keeps them.
 *
 * <p>One thread gives frames; others may ask for those of pages that have one.
 *
 * <p>Example: a process with content at 0x7f00_0000_0000 and nowhere else has the frames 0 to 511, and the first page is
 * frame 0. The blocks of the heap come first, if it is known, so that their frames ascend with their addresses.
 */
public final class ProcessPages {
    /** 2 MiB of pages of 4 KiB. */
    public static final int BLOCK_PAGES = 512;

    private static final int BLOCK_SHIFT = 9;
    private static final int NONE = -1;

    private final Map<Long, Integer> blockAt = new ConcurrentHashMap<>();
    private final long[] firstPages;
    private final int heapBlocks;
    private int blocks;
    private int toldBlocks;

    /** Pages one behind the other. */
    public record Run(long firstPage, int pages) {}

    /**
     * @param heapFirstPage where the heap begins
     * @param heapPages all that it may ever have; 0 if it is not known
     * @param otherPages room for everything else
     */
    public ProcessPages(long heapFirstPage, long heapPages, long otherPages) {
        long firstBlock = heapFirstPage >> BLOCK_SHIFT;
        long endBlock = heapPages == 0 ? firstBlock : ((heapFirstPage + heapPages - 1) >> BLOCK_SHIFT) + 1;
        heapBlocks = Math.toIntExact(endBlock - firstBlock);
        firstPages = new long[Math.toIntExact(heapBlocks + otherPages / BLOCK_PAGES + 1)];
        for (long block = firstBlock; block < endBlock; block++) {
            add(block);
        }
    }

    /** Frames that there are, used or not. */
    public int capacity() {
        return firstPages.length * BLOCK_PAGES;
    }

    /** Frames of the heap: those from 0 on. */
    public int heapPages() {
        return heapBlocks * BLOCK_PAGES;
    }

    /** Pages of the heap as frames: frame 0 is the first page of its first block. */
    public PageTable heapTable() {
        return PageTable.ofRun(firstPages[0], heapPages());
    }

    /** Frames given so far: those behind the last one stand for no page yet. */
    public int given() {
        return blocks * BLOCK_PAGES;
    }

    /** Frame of a page, -1 if it has none. */
    public int gfnOf(long page) {
        int block = blockAt.getOrDefault(page >> BLOCK_SHIFT, NONE);
        return block == NONE ? NONE : (block << BLOCK_SHIFT) + (int) (page & (BLOCK_PAGES - 1));
    }

    /** Frames of those pages of a range that have one. Cost: one step for each block given, and one for each frame found. */
    public void framesOf(long firstPage, long endPage, IntConsumer each) {
        for (int block = 0; block < blocks; block++) {
            long first = firstPages[block];
            long from = Math.max(firstPage, first);
            long end = Math.min(endPage, first + BLOCK_PAGES);
            for (long page = from; page < end; page++) {
                each.accept((block << BLOCK_SHIFT) + (int) (page - first));
            }
        }
    }

    /**
     * Frame of a page; if it has none, it is given one.
     *
     * @throws IllegalStateException if there is none left: the process has grown by more than was made room for
     */
    public int require(long page) {
        int gfn = gfnOf(page);
        if (gfn != NONE) {
            return gfn;
        }
        add(page >> BLOCK_SHIFT);
        return gfnOf(page);
    }

    /**
     * Frames of all pages of a range of addresses, each of which is given one if it has none. It is asked once for a block, not for
     * each of hundreds of thousands of pages: a program stands meanwhile.
     *
     * @throws IllegalStateException as {@link #require} does
     */
    void requireAll(long start, long end, IntConsumer each) {
        long endPage = end >>> PageSize.shift();
        for (long page = start >>> PageSize.shift(); page < endPage; ) {
            long blockEnd = Math.min(endPage, (page | (BLOCK_PAGES - 1)) + 1);
            int gfn = require(page);
            for (; page < blockEnd; page++) {
                each.accept(gfn++);
            }
        }
    }

    private void add(long block) {
        if (blocks == firstPages.length) {
            throw new IllegalStateException("the process has grown beyond the " + (long) capacity() * 4096 / (1 << 20)
                    + " MiB that it was given room for when its migration began: try again");
        }
        firstPages[blocks] = block << BLOCK_SHIFT;
        blockAt.put(block, blocks++);
    }

    /** Page that a frame stands for. */
    public long page(int gfn) {
        return firstPages[gfn >> BLOCK_SHIFT] + (gfn & (BLOCK_PAGES - 1));
    }

    /** The pages that were given frames since the last call, in the order of addresses. */
    public List<Run> takeNew() {
        long[] fresh = Arrays.copyOfRange(firstPages, toldBlocks, blocks);
        toldBlocks = blocks;
        Arrays.sort(fresh);
        List<Run> runs = new ArrayList<>();
        int i = 0;
        while (i < fresh.length) {
            int first = i++;
            while (i < fresh.length && fresh[i] == fresh[i - 1] + BLOCK_PAGES) {
                i++;
            }
            runs.add(new Run(fresh[first], (i - first) * BLOCK_PAGES));
        }
        return runs;
    }
}
