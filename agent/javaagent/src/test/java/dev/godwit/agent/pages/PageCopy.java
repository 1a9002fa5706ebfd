package dev.godwit.agent.pages;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.trace.PageRuns;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * What a destination would hold: a copy of every page that was reported, read after the scan that reported it. Kept
 * outside the memory that is tracked.
 */
final class PageCopy implements AutoCloseable {
    private static final int CHUNK_PAGES = 64;

    private final int page = PageSize.bytes();
    private final NativeBuffer slots;
    private final ByteBuffer slotBytes;
    private final NativeBuffer chunk = NativeBuffer.shared((long) CHUNK_PAGES * PageSize.bytes());
    private final ByteBuffer chunkBytes = chunk.slice(0, CHUNK_PAGES * PageSize.bytes());
    private final ProcessMemory memory = ProcessMemory.ofSelf();
    private final NavigableMap<Long, Integer> slotOfPage = new TreeMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    PageCopy(int pages) {
        slots = NativeBuffer.shared((long) pages * page);
        slotBytes = slots.slice(0, pages * page);
        for (int i = 0; i < pages; i++) {
            free.add(i);
        }
    }

    int size() {
        return slotOfPage.size();
    }

    /** Reads the pages of the set; one that cannot be read is forgotten. */
    void read(PageRuns pages) {
        for (int run = 0; run < pages.size(); run++) {
            readRun(pages.first(run), pages.count(run), this::put, this::drop);
        }
    }

    private void put(long number, ByteBuffer content) {
        int slot = slotOfPage.computeIfAbsent(number, absent -> free.remove());
        slotBytes.put(slot * page, content, 0, page);
    }

    /** Forgets the pages of the set. */
    void drop(PageRuns pages) {
        for (int run = 0; run < pages.size(); run++) {
            for (int i = 0; i < pages.count(run); i++) {
                drop(pages.first(run) + i);
            }
        }
    }

    private void drop(long number) {
        Integer slot = slotOfPage.remove(number);
        if (slot != null) {
            free.add(slot);
        }
    }

    /** Numbers of the pages whose content is not that of the copy; pages that can no longer be read are not among them. */
    Set<Long> differing() {
        Set<Long> differing = new TreeSet<>();
        PageRuns.Builder copied = new PageRuns.Builder();
        slotOfPage.keySet().forEach(number -> copied.add(number, 1));
        PageRuns runs = copied.build();
        for (int run = 0; run < runs.size(); run++) {
            readRun(
                    runs.first(run),
                    runs.count(run),
                    (number, content) -> {
                        if (!content.equals(slotBytes.slice(slotOfPage.get(number) * page, page))) {
                            differing.add(number);
                        }
                    },
                    unreadable -> {});
        }
        return differing;
    }

    /** Reads a run in chunks; behind a page that cannot be read it goes on. */
    private void readRun(long first, int count, PageAction read, LongConsumer unreadable) {
        int done = 0;
        while (done < count) {
            int wanted = Math.min(CHUNK_PAGES, count - done);
            int pages = (int) (memory.read((first + done) * page, chunk.address(), (long) wanted * page) / page);
            for (int i = 0; i < pages; i++) {
                read.page(first + done + i, chunkBytes.slice(i * page, page));
            }
            done += pages;
            if (pages < wanted) {
                unreadable.accept(first + done);
                done++;
            }
        }
    }

    private interface PageAction {
        void page(long number, ByteBuffer content);
    }

    @Override
    public void close() {
        slots.close();
        chunk.close();
        memory.close();
    }
}
