package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.DeclaredMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Pages of which the application said that a file has them too, and what the destination found there. Its word is not
 * trusted: a page is the one of the file if it has its hash when it is read, by the same hash as in the comparison at
 * the end; else it is sent.
 */
final class PagesInFiles {
    /** Of one piece: 64 MiB of pages of 4 KiB, half a second of a slow disk. */
    private static final int MOST_PAGES = 1 << 14;

    private final TreeMap<Long, long[]> found = new TreeMap<>();
    private final PageHash hash = new PageHash();

    /**
     * Asks for the pages that lie wholly in what was declared refetchable.
     *
     * @param pages which of them there are
     */
    static List<ControlRecord.Stored> ask(List<DeclaredMemory> declared, ProcessPages pages) {
        NavigableMap<Long, ControlRecord.Stored> asked = new TreeMap<>();
        for (DeclaredMemory said : declared) {
            if (said.kind() == DeclaredMemory.Kind.REFETCHABLE) {
                ask(said, pages, asked);
            }
        }
        return new ArrayList<>(asked.values());
    }

    /** Up to the first page that the process did not have when it was looked at: the rest is sent. */
    private static void ask(DeclaredMemory said, ProcessPages pages, NavigableMap<Long, ControlRecord.Stored> asked) {
        long first = ((said.start() - 1) >>> PageSize.shift()) + 1;
        long end = said.end() >>> PageSize.shift();
        while (first < end) {
            long behind = known(pages, first, Math.min(end, first + MOST_PAGES));
            if (behind == first) {
                return;
            }
            if (isFree(asked, first, behind)) {
                long offset = said.fileOffset() + (first << PageSize.shift()) - said.start();
                asked.put(first, new ControlRecord.Stored(first, (int) (behind - first), offset, said.file()));
            }
            first = behind;
        }
    }

    /** Behind the last page, of those from the first on, that has a frame. */
    private static long known(ProcessPages pages, long first, long end) {
        long page = first;
        while (page < end && pages.gfnOf(page) >= 0) {
            page = Math.min(end, (page | (ProcessPages.BLOCK_PAGES - 1)) + 1);
        }
        return page;
    }

    private static boolean isFree(NavigableMap<Long, ControlRecord.Stored> asked, long first, long end) {
        Map.Entry<Long, ControlRecord.Stored> below = asked.lowerEntry(end);
        return below == null || below.getKey() + below.getValue().pages() <= first;
    }

    /** The destination has read these. */
    void found(ControlRecord.StoredHashes read) {
        if (read.hashes().length > 0) {
            found.put(read.firstPage(), read.hashes());
        }
    }

    /**
     * True if the destination has read a page just as it is.
     *
     * @param content of it, from position to limit, which stay
     */
    boolean has(long page, ByteBuffer content) {
        Map.Entry<Long, long[]> piece = found.isEmpty() ? null : found.floorEntry(page);
        if (piece == null || page - piece.getKey() >= piece.getValue().length) {
            return false;
        }
        int position = content.position();
        boolean same = hash.of(content) == piece.getValue()[(int) (page - piece.getKey())];
        content.position(position);
        return same;
    }
}
