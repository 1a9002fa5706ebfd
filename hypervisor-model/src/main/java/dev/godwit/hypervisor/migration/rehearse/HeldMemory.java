package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.linux.NativeBuffer;
import java.nio.ByteBuffer;
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

        Block(int pageBytes) {
            memory = NativeBuffer.shared((long) BLOCK_PAGES * pageBytes);
            bytes = memory.slice(0, BLOCK_PAGES * pageBytes);
        }

        ByteBuffer page(int place, int pageBytes) {
            return bytes.limit((place + 1) * pageBytes).position(place * pageBytes);
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
        for (int i = 0; i < pages; i++) {
            Block block = become(firstPage + i, HELD);
            int place = (int) ((firstPage + i) % BLOCK_PAGES);
            data.limit(data.position() + pageBytes);
            block.page(place, pageBytes).put(data);
        }
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
        for (long page = firstPage; page < firstPage + pages; page++) {
            Block block = become(page, HELD);
            ByteBuffer zeros = block.page((int) (page % BLOCK_PAGES), pageBytes);
            while (zeros.hasRemaining()) {
                zeros.putLong(0);
            }
        }
    }

    /** Nobody needs what these pages hold. */
    void drop(long firstPage, int pages) {
        for (long page = firstPage; page < firstPage + pages; page++) {
            become(page, DROPPED);
        }
    }

    /** What these pages hold comes later. */
    void expect(long firstPage, int pages) {
        for (long page = firstPage; page < firstPage + pages; page++) {
            byte before = block(page).states[(int) (page % BLOCK_PAGES)];
            become(page, before == HELD || before == BEHIND ? BEHIND : MISSING);
        }
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

    private Block become(long page, byte state) {
        Block block = block(page);
        int place = (int) (page % BLOCK_PAGES);
        byte before = block.states[place];
        heldPages += (state == HELD ? 1 : 0) - (before == HELD ? 1 : 0);
        droppedPages += (state == DROPPED ? 1 : 0) - (before == DROPPED ? 1 : 0);
        missingPages += (isMissing(state) ? 1 : 0) - (isMissing(before) ? 1 : 0);
        if (heldPages > mostPages) {
            throw new IllegalStateException("no room for more than " + mostPages * pageBytes / (1 << 20)
                    + " MiB: give the host a larger --memory");
        }
        block.states[place] = state;
        return block;
    }

    private static boolean isMissing(byte state) {
        return state == MISSING || state == BEHIND;
    }

    /** First page of the runs that is neither here, nor dropped, nor to come later, -1 if there is none. */
    long firstUnknown(List<PageRun> runs) {
        for (PageRun run : runs) {
            for (long page = run.first(); page < run.end(); page++) {
                Block block = blocks.get(page / BLOCK_PAGES);
                if (block == null || block.states[(int) (page % BLOCK_PAGES)] == UNKNOWN) {
                    return page;
                }
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
