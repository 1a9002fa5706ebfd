package dev.godwit.hypervisor.page;

import java.util.Arrays;

/**
 * Which pages a bounded cache holds, as QEMU's {@code migration/page_cache.c}: each page has one slot, its number modulo
 * their number, and a page that was looked up or put there in this round or the last one is not driven out.
 *
 * <p>Example, four slots: page 1 is put into slot 1 in round 2; page 5, of the same slot, is refused in rounds 2 and 3,
 * and takes it in round 4 unless page 1 was looked up meanwhile. Cost: eight bytes for each slot.
 */
public final class SentPageSlots {
    /** There is none. */
    public static final int NONE = -1;

    /** Rounds for which a page is not driven out: QEMU's {@code CACHED_PAGE_LIFETIME}. */
    public static final int LIFETIME_ROUNDS = 2;

    private static final int FREE = -1;

    private final int[] pages;
    private final int[] rounds;
    private int held;

    /**
     * @param cacheBytes room for pages; slots are the largest power of two that fits
     * @param pageBytes size of a page
     * @throws IllegalArgumentException if not one page fits
     */
    public SentPageSlots(long cacheBytes, int pageBytes) {
        long slots = Math.min(cacheBytes / pageBytes, 1 << 30);
        if (slots < 1) {
            throw new IllegalArgumentException(
                    "delta cache of " + cacheBytes + " bytes: give one of at least a page, " + pageBytes + " bytes");
        }
        pages = new int[(int) Long.highestOneBit(slots)];
        rounds = new int[pages.length];
        Arrays.fill(pages, FREE);
    }

    /** Number of slots. */
    public int slots() {
        return pages.length;
    }

    /** Pages in the cache, never more than {@link #slots}. */
    public int held() {
        return held;
    }

    /** Slot of a page, {@link #NONE} if it is not held; nothing changes. */
    public int peek(int page) {
        int slot = page & (pages.length - 1);
        return pages[slot] == page ? slot : NONE;
    }

    /** Slot of a page, {@link #NONE} if it is not held; if it is, it is as young as if it had just been put there. */
    public int find(int page, int round) {
        int slot = peek(page);
        if (slot != NONE) {
            rounds[slot] = round;
        }
        return slot;
    }

    /** Lets a page go: a version of it was sent that is not the one that is held. */
    public void forget(int page) {
        int slot = peek(page);
        if (slot != NONE) {
            pages[slot] = FREE;
            held--;
        }
    }

    /**
     * Puts a page into its slot, driving out one that is old.
     *
     * @return the slot, {@link #NONE} if it holds a page that is not
     */
    public int claim(int page, int round) {
        int slot = page & (pages.length - 1);
        if (pages[slot] != FREE && pages[slot] != page && rounds[slot] + LIFETIME_ROUNDS > round) {
            return NONE;
        }
        held += pages[slot] == FREE ? 1 : 0;
        pages[slot] = page;
        rounds[slot] = round;
        return slot;
    }
}
