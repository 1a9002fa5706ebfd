package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of a guest as the destination holds it, by page number. Outside the Java heap; what was not received costs
 * nothing.
 */
final class HeldMemory implements AutoCloseable {
    private static final int BLOCK_PAGES = 4096;
    private static final byte UNKNOWN = 0;
    private static final byte HELD = 1;
    private static final byte DROPPED = 2;
    private static final byte MISSING = 3;
    /** Missing, but for a version that came before. */
    private static final byte BEHIND = 4;

    private static final int STATES = 5;

    private final Map<Long, Block> blocks = new HashMap<>();
    private final PageHash hash = new PageHash();
    private final int pageBytes;
    private final long mostPages;
    private long heldPages;
    private long droppedPages;
    private long missingPages;
    private long compared;
    private long different;
    private long firstDifferent = -1;

    private static final class Block {
        private final NativeBuffer memory;
        private final ByteBuffer bytes;
        private final byte[] states = new byte[BLOCK_PAGES];
        private int known;

        Block(int pageBytes) {
            memory = NativeBuffer.shared((long) BLOCK_PAGES * pageBytes);
            bytes = memory.slice(0, BLOCK_PAGES * pageBytes);
        }

        ByteBuffer page(int place, int pageBytes) {
            return bytes.limit((place + 1) * pageBytes).position(place * pageBytes);
        }

        /** First of these places of which nothing was said yet, behind the last if there is none. */
        int firstUnknown(int from, int behind) {
            if (known == BLOCK_PAGES) {
                return behind;
            }
            int place = from;
            while (place < behind && states[place] != UNKNOWN) {
                place++;
            }
            return place;
        }
    }

    /** Pages one behind the other, those of one block at a time: a guest has hundreds of thousands, and stands meanwhile. */
    private interface InBlock {
        void pages(Block block, int from, int behind);
    }

    private void inBlocks(long firstPage, int pages, InBlock each) {
        long end = firstPage + pages;
        for (long page = firstPage; page < end; ) {
            int from = (int) (page % BLOCK_PAGES);
            int behind = (int) Math.min(BLOCK_PAGES, from + end - page);
            each.pages(block(page), from, behind);
            page += behind - from;
        }
    }

    /** @param mostPages that may be held */
    HeldMemory(int pageBytes, long mostPages) {
        this.pageBytes = pageBytes;
        this.mostPages = mostPages;
    }

    private Block block(long page) {
        return blocks.computeIfAbsent(page / BLOCK_PAGES, number -> new Block(pageBytes));
    }

    /**
     * Takes pages as they are.
     *
     * @param data all of them, one behind the other
     * @throws IllegalStateException if there is no room for so many
     */
    void put(long firstPage, int pages, ByteBuffer data) {
        int end = data.limit();
        inBlocks(firstPage, pages, (block, from, behind) -> {
            become(block, from, behind, HELD);
            data.limit(data.position() + (behind - from) * pageBytes);
            block.bytes.limit(behind * pageBytes).position(from * pageBytes).put(data);
        });
        data.limit(end);
    }

    /**
     * A page as it came last, from position to limit.
     *
     * @throws IllegalArgumentException if it is not here
     */
    ByteBuffer held(long page) {
        Block block = blocks.get(page / BLOCK_PAGES);
        int place = (int) (page % BLOCK_PAGES);
        if (block == null || (block.states[place] != HELD && block.states[place] != BEHIND)) {
            throw new IllegalArgumentException("there is no version that came before");
        }
        return block.page(place, pageBytes);
    }

    /** Takes pages of zeros. */
    void putZeros(long firstPage, int pages) {
        inBlocks(firstPage, pages, (block, from, behind) -> {
            become(block, from, behind, HELD);
            ByteBuffer zeros = block.bytes.limit(behind * pageBytes).position(from * pageBytes);
            while (zeros.hasRemaining()) {
                zeros.putLong(0);
            }
        });
    }

    /** Nobody needs what these pages hold. */
    void drop(long firstPage, int pages) {
        inBlocks(firstPage, pages, (block, from, behind) -> become(block, from, behind, DROPPED));
    }

    /** What these pages hold comes later. */
    void expect(long firstPage, int pages) {
        inBlocks(firstPage, pages, (block, from, behind) -> {
            for (int place = from; place < behind; ) {
                byte state = expected(block.states[place]);
                int first = place++;
                while (place < behind && expected(block.states[place]) == state) {
                    place++;
                }
                become(block, first, place, state);
            }
        });
    }

    private static byte expected(byte before) {
        return before == HELD || before == BEHIND ? BEHIND : MISSING;
    }

    /** Pages that are still to come. */
    long missingPages() {
        return missingPages;
    }

    /** Pages one behind the other, from the first on as many as there are in one piece; the same buffer each time. */
    ByteBuffer pages(long firstPage, int atMost) {
        Block block = block(firstPage);
        int place = (int) (firstPage % BLOCK_PAGES);
        int behind = Math.min(BLOCK_PAGES, place + atMost);
        return block.bytes.limit(behind * pageBytes).position(place * pageBytes);
    }

    private void become(Block block, int from, int behind, byte state) {
        int[] before = new int[STATES];
        for (int place = from; place < behind; place++) {
            before[block.states[place]]++;
        }
        int pages = behind - from;
        long held = heldPages + (state == HELD ? pages : 0) - before[HELD];
        if (held > mostPages) {
            throw new IllegalStateException("no room for more than " + mostPages * pageBytes / (1 << 20)
                    + " MiB: give the host a larger --memory");
        }
        heldPages = held;
        droppedPages += (state == DROPPED ? pages : 0) - before[DROPPED];
        missingPages += (isMissing(state) ? pages : 0) - before[MISSING] - before[BEHIND];
        block.known += before[UNKNOWN];
        Arrays.fill(block.states, from, behind, state);
    }

    private static boolean isMissing(byte state) {
        return state == MISSING || state == BEHIND;
    }

    /** First page of the runs that is neither here, nor dropped, nor to come later, -1 if there is none. */
    long firstUnknown(List<PageRun> runs) {
        for (PageRun run : runs) {
            for (long page = run.first(); page < run.end(); ) {
                Block block = blocks.get(page / BLOCK_PAGES);
                int from = (int) (page % BLOCK_PAGES);
                int behind = (int) Math.min(BLOCK_PAGES, from + run.end() - page);
                int unknown = block == null ? from : block.firstUnknown(from, behind);
                if (unknown < behind) {
                    return page + unknown - from;
                }
                page += behind - from;
            }
        }
        return -1;
    }

    /** Compares pages with the hashes that the source has of them; dropped ones are left out. */
    void compare(long firstPage, long[] hashes) {
        for (int i = 0; i < hashes.length; i++) {
            long page = firstPage + i;
            Block block = blocks.get(page / BLOCK_PAGES);
            int place = (int) (page % BLOCK_PAGES);
            byte state = block == null ? UNKNOWN : block.states[place];
            if (state == DROPPED) {
                continue;
            }
            compared++;
            if (state == UNKNOWN || isMissing(state) || hash.of(block.page(place, pageBytes)) != hashes[i]) {
                firstDifferent = different++ == 0 ? page : firstDifferent;
            }
        }
    }

    long heldPages() {
        return heldPages;
    }

    long droppedPages() {
        return droppedPages;
    }

    long compared() {
        return compared;
    }

    long different() {
        return different;
    }

    long firstDifferent() {
        return firstDifferent;
    }

    @Override
    public void close() {
        blocks.values().forEach(block -> block.memory.close());
        blocks.clear();
    }
}
