package dev.godwit.hypervisor.page;

import dev.godwit.trace.PageDelta;

/**
 * Deltas of real pages to the versions sent before, as many as a bounded cache holds ({@link SentPageSlots}).
 *
 * <p>The receiver needs no cache: what it has of a page is what was sent last. For that to be true every page that is
 * sent must be given to {@link #encode}, or to {@link #sentZeros} or {@link #sentOtherwise}. Not thread-safe.
 */
public final class DeltaCompressor {
    /** Given by {@link #encode} if there is no delta: send the page as it is. */
    public static final int SEND_RAW = -1;

    private final SentPageSlots slots;
    private final byte[][] versions;
    private final int pageBytes;
    private int round = 1;
    private long bytes;
    private long pages;
    private long cacheMiss;
    private long overflow;

    /**
     * @param cacheBytes room for versions; taken as pages are kept
     * @param pageBytes size of a page
     */
    public DeltaCompressor(long cacheBytes, int pageBytes) {
        this.slots = new SentPageSlots(cacheBytes, pageBytes);
        this.versions = new byte[slots.slots()][];
        this.pageBytes = pageBytes;
    }

    /**
     * Encodes a page that is about to be sent, and keeps it as the version sent last, where there is room.
     *
     * @param page its number
     * @param content the page, all of the array
     * @param out gets the delta from index 0 on; at least as long as the page
     * @return size of the delta, less than that of the page, zero if nothing changed, or {@link #SEND_RAW}
     */
    public int encode(int page, byte[] content, byte[] out) {
        int slot = slots.find(page, round);
        if (slot == SentPageSlots.NONE) {
            cacheMiss++;
            keep(slots.claim(page, round), content);
            return SEND_RAW;
        }
        pages++;
        int size = PageDelta.encode(versions[slot], 0, content, 0, pageBytes, out, 0, pageBytes - 1);
        keep(slot, content);
        if (size == PageDelta.OVERFLOW) {
            overflow++;
            bytes += pageBytes;
            return SEND_RAW;
        }
        bytes += size + PageEncoder.ENCODED_HEADER_BYTES;
        return size;
    }

    /** True if an earlier version of a page is at hand; nothing changes. */
    public boolean holds(int page) {
        return slots.peek(page) != SentPageSlots.NONE;
    }

    /** A page was sent as zeros. */
    public void sentZeros(int page) {
        int slot = slots.peek(page);
        if (slot != SentPageSlots.NONE) {
            versions[slot] = new byte[pageBytes];
        }
    }

    /** A page was sent by other means: what is kept of it is not what the receiver has. */
    public void sentOtherwise(int page) {
        slots.forget(page);
    }

    /** What was sent before is older by a round. */
    public void endRound() {
        round++;
    }

    /** Pages kept, never more than fit into the cache. */
    public int held() {
        return slots.held();
    }

    public DeltaStatistics statistics() {
        return new DeltaStatistics((long) slots.slots() * pageBytes, bytes, pages, cacheMiss, overflow);
    }

    private void keep(int slot, byte[] content) {
        if (slot == SentPageSlots.NONE) {
            return;
        }
        if (versions[slot] == null) {
            versions[slot] = new byte[pageBytes];
        }
        System.arraycopy(content, 0, versions[slot], 0, pageBytes);
    }
}
