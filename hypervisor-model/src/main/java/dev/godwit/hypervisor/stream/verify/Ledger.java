package dev.godwit.hypervisor.stream.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the destination has of each page. Contents are not held, only their hashes and where in the file they stand, but for
 * pages that a delta was made of.
 */
final class Ledger {
    /** 64 GiB of 4 KiB pages: what is kept of each page has to fit into the heap. */
    static final long MOST_PAGES = 1 << 24;

    static final int MOST_RANGES = 1 << 16;

    private static final int CHUNK_PAGES = 4096;
    private static final byte NOTHING = 0;
    private static final byte KNOWN = 1;
    private static final byte DROPPED = 2;
    private static final byte STORED = 3;

    private final TreeMap<Long, Range> ranges = new TreeMap<>();
    private final Map<Long, byte[]> held = new HashMap<>();
    private final long mostHeldBytes = Runtime.getRuntime().maxMemory() / 2;
    /** What the destination read of pages from files, by the first of each piece. */
    private final TreeMap<Long, long[]> read = new TreeMap<>();

    private long pages;
    private long missing;

    /** Pages one behind the other; what is known of them is made when it is needed. */
    private static final class Range {
        final long first;
        final long pages;
        final Chunk[] chunks;

        Range(long first, long pages) {
            this.first = first;
            this.pages = pages;
            this.chunks = new Chunk[(int) ((pages + CHUNK_PAGES - 1) / CHUNK_PAGES)];
        }

        Chunk chunk(long page) {
            int at = (int) ((page - first) / CHUNK_PAGES);
            if (chunks[at] == null) {
                chunks[at] = new Chunk();
            }
            return chunks[at];
        }

        int slot(long page) {
            return (int) ((page - first) % CHUNK_PAGES);
        }
    }

    private static final class Chunk {
        final byte[] what = new byte[CHUNK_PAGES];
        final boolean[] missing = new boolean[CHUNK_PAGES];
        final boolean[] sentForward = new boolean[CHUNK_PAGES];
        final boolean[] hashed = new boolean[CHUNK_PAGES];
        final int[] round = new int[CHUNK_PAGES];
        final long[] sentHash = new long[CHUNK_PAGES];
        final long[] givenHash = new long[CHUNK_PAGES];
        final long[] where = new long[CHUNK_PAGES];
        final int[] how = new int[CHUNK_PAGES];
    }

    long pages() {
        return pages;
    }

    long missing() {
        return missing;
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    void add(long first, long count) throws StreamRefused {
        Map.Entry<Long, Range> below = ranges.lowerEntry(first + count);
        if (below != null && below.getValue().first + below.getValue().pages > first) {
            throw new StreamRefused("Ranges: page " + Math.max(first, below.getKey()) + " is in two ranges");
        }
        if (ranges.size() >= MOST_RANGES || pages + count > MOST_PAGES) {
            throw new StreamRefused("Ranges: more than " + MOST_RANGES + " ranges or " + MOST_PAGES
                    + " pages, which is more than this verifier holds");
        }
        ranges.put(first, new Range(first, count));
        pages += count;
    }

    private Range range(long page) throws StreamRefused {
        Map.Entry<Long, Range> entry = ranges.floorEntry(page);
        if (entry == null || page >= entry.getKey() + entry.getValue().pages) {
            throw new StreamRefused("page " + page + " is in no range");
        }
        return entry.getValue();
    }

    boolean contains(long page) {
        Map.Entry<Long, Range> entry = ranges.floorEntry(page);
        return entry != null && page < entry.getKey() + entry.getValue().pages;
    }

    /** A page is carried by a round; each round has a number of its own, other than zero. */
    void carried(long page, int round, boolean demanded) throws StreamRefused {
        Range range = range(page);
        Chunk chunk = range.chunk(page);
        int slot = range.slot(page);
        if (chunk.round[slot] == round) {
            throw new StreamRefused("page " + page + " is twice in one round");
        }
        chunk.round[slot] = round;
        if (demanded) {
            if (!chunk.missing[slot]) {
                throw new StreamRefused("page " + page + " comes on demand, and was not missing");
            }
            chunk.missing[slot] = false;
            missing--;
        }
    }

    /** Content went over; it can be read again from the file. */
    void known(long page, long where, int how, long hash, boolean forward) throws StreamRefused {
        held.remove(page);
        setKnown(page, where, how, hash, forward);
    }

    /** Content went over that can only be had by holding it. */
    void knownAndHeld(long page, byte[] content, long hash, boolean forward) throws StreamRefused {
        held.put(page, content);
        if ((long) held.size() * content.length > mostHeldBytes) {
            throw new StreamRefused("the versions of " + held.size()
                    + " pages do not fit into the heap: give more of it, for instance by JAVA_TOOL_OPTIONS=-Xmx8g");
        }
        setKnown(page, 0, 0, hash, forward);
    }

    private void setKnown(long page, long where, int how, long hash, boolean forward) throws StreamRefused {
        Range range = range(page);
        Chunk chunk = range.chunk(page);
        int slot = range.slot(page);
        chunk.what[slot] = KNOWN;
        chunk.where[slot] = where;
        chunk.how[slot] = how;
        if (forward) {
            chunk.sentForward[slot] = true;
            chunk.sentHash[slot] = hash;
        }
    }

    void dropped(long page) throws StreamRefused {
        set(page, DROPPED);
    }

    /** The destination has it from storage; if it was told from where, it said what it read there. */
    void stored(long page) throws StreamRefused {
        set(page, STORED);
        Map.Entry<Long, long[]> piece = read.floorEntry(page);
        if (piece != null && page - piece.getKey() < piece.getValue().length) {
            Range range = range(page);
            Chunk chunk = range.chunk(page);
            chunk.sentForward[range.slot(page)] = true;
            chunk.sentHash[range.slot(page)] = piece.getValue()[(int) (page - piece.getKey())];
        }
    }

    /** The destination read pages from a file. */
    void read(long first, long[] hashes) {
        read.put(first, hashes);
    }

    private void set(long page, byte what) throws StreamRefused {
        held.remove(page);
        Range range = range(page);
        range.chunk(page).what[range.slot(page)] = what;
        range.chunk(page).sentForward[range.slot(page)] = false;
    }

    /** Content of which a delta can be made; null if only the file has it, see {@link #where} and {@link #how}. */
    byte[] base(long page) throws StreamRefused {
        Range range = range(page);
        if (range.chunk(page).what[range.slot(page)] != KNOWN) {
            throw new StreamRefused("a delta of page " + page + ", of which the destination has no version");
        }
        return held.get(page);
    }

    long where(long page) throws IOException {
        Range range = range(page);
        return range.chunk(page).where[range.slot(page)];
    }

    int how(long page) throws IOException {
        Range range = range(page);
        return range.chunk(page).how[range.slot(page)];
    }

    void miss(long page) throws StreamRefused {
        Range range = range(page);
        Chunk chunk = range.chunk(page);
        int slot = range.slot(page);
        if (chunk.missing[slot]) {
            throw new StreamRefused("page " + page + " is missing twice");
        }
        chunk.missing[slot] = true;
        missing++;
    }

    boolean isMissing(long page) throws StreamRefused {
        Range range = range(page);
        return range.chunk(page).missing[range.slot(page)];
    }

    boolean isDropped(long page) throws StreamRefused {
        Range range = range(page);
        return range.chunk(page).what[range.slot(page)] == DROPPED;
    }

    void hash(long page, long hash) throws StreamRefused {
        Range range = range(page);
        Chunk chunk = range.chunk(page);
        int slot = range.slot(page);
        chunk.hashed[slot] = true;
        chunk.givenHash[slot] = hash;
    }

    /** The pause was none. */
    void unpaused() {
        missing = 0;
        for (Range range : ranges.values()) {
            for (Chunk chunk : range.chunks) {
                if (chunk != null) {
                    Arrays.fill(chunk.missing, false);
                    Arrays.fill(chunk.hashed, false);
                }
            }
        }
    }

    /** Nothing may be left that the destination neither has nor waits for. */
    void requireComplete() throws StreamRefused {
        for (Range range : ranges.values()) {
            for (long page = range.first; page < range.first + range.pages; page++) {
                Chunk chunk = range.chunk(page);
                int slot = range.slot(page);
                if (chunk.what[slot] == NOTHING && !chunk.missing[slot]) {
                    throw new StreamRefused("SwitchOver: page " + page
                            + " never went over, and is neither dropped, stored nor missing");
                }
            }
        }
    }

    /** Compares contents with their hashes, and says of how many pages. */
    long compareHashes() throws StreamRefused {
        long compared = 0;
        for (Range range : ranges.values()) {
            for (long page = range.first; page < range.first + range.pages; page++) {
                Chunk chunk = range.chunk(page);
                int slot = range.slot(page);
                if (chunk.hashed[slot] && chunk.sentForward[slot]) {
                    compared++;
                    if (chunk.givenHash[slot] != chunk.sentHash[slot]) {
                        throw new StreamRefused(
                                "page " + page + " at the destination differs from the source's: its hash is "
                                        + Long.toHexString(chunk.sentHash[slot]) + " instead of "
                                        + Long.toHexString(chunk.givenHash[slot]));
                    }
                }
            }
        }
        return compared;
    }
}
