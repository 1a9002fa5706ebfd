package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;

/**
 * Which page goes next while nobody waits for one.
 *
 * <p>After a fault, the pages around it: a bubble that grows on both sides, a run at a time, until it has so many pages,
 * or until the next fault begins another. Behind that, a list, or the pages as they come. Within a run pages ascend,
 * because neighbours that travel together are read, sent and placed together: page by page on alternating sides, a
 * rehearsal carried 75 to 100 MB/s, whatever the link.
 *
 * <p>Example: with runs of 16, after a fault on page 100 the bubble gives 101 to 116, then 84 to 99, then 117 to 132 and
 * so on, passing over what was sent.
 */
public final class PushOrder {
    private static final int[] AS_THEY_COME = {};
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    /** Pages around a fault that go before the list is gone on with: 256 KiB of 4 KiB pages. */
    static final int PREPAGED_PAGES = 64;

    /** Pages of a run: 64 KiB of 4 KiB pages. */
    static final int RUN_PAGES = 16;

    private final int[] list;
    private final int bubblePages;
    private int at;
    private int bubbleLeft;
    private int up;
    private int down = -1;
    private boolean upwards = true;
    private int runAt;
    private int runEnd = -1;

    private PushOrder(int[] list, int bubblePages) {
        this.list = list;
        this.bubblePages = bubblePages;
    }

    /** Always around the last fault; from page zero on until there is one. */
    public static PushOrder aroundTheLastFault() {
        PushOrder order = new PushOrder(AS_THEY_COME, UNBOUNDED);
        order.bubbleLeft = UNBOUNDED;
        return order;
    }

    /** In the order in which a JVM needs its pages, some pages around each fault first. */
    public static PushOrder asAJvmNeeds(GuestMemory source, PageBitmap pages) {
        return new PushOrder(NeedOrder.of(source, pages), PREPAGED_PAGES);
    }

    /** From page zero on, whatever the guest waits for: what prepaging is measured against. */
    public static PushOrder asTheyCome() {
        return new PushOrder(AS_THEY_COME, 0);
    }

    /** The guest waited for a page. */
    void faulted(int gfn) {
        up = gfn + 1;
        down = gfn - 1;
        upwards = true;
        runEnd = -1;
        bubbleLeft = bubblePages;
    }

    /** Next of the pages that are not sent yet, of which there is at least one. */
    int next(PageBitmap unsent) {
        if (bubbleLeft > 0) {
            int gfn = nextOfBubble(unsent);
            if (gfn >= 0) {
                return gfn;
            }
        }
        while (at < list.length) {
            int gfn = list[at++];
            if (unsent.get(gfn)) {
                return gfn;
            }
        }
        return unsent.next(0);
    }

    private int nextOfBubble(PageBitmap unsent) {
        int next = nextOfRun(unsent);
        if (next < 0) {
            beginRun(unsent);
            next = nextOfRun(unsent);
        }
        bubbleLeft -= bubbleLeft == UNBOUNDED ? 0 : 1;
        return next;
    }

    private int nextOfRun(PageBitmap unsent) {
        int next = runAt > runEnd ? -1 : unsent.next(runAt);
        if (next < 0 || next > runEnd) {
            return -1;
        }
        runAt = next + 1;
        return next;
    }

    private void beginRun(PageBitmap unsent) {
        boolean above = unsent.next(up) >= 0 && (upwards || unsent.previous(down) < 0);
        upwards = !above;
        if (above) {
            runAt = up;
            runEnd = up;
            for (int i = 0, gfn = unsent.next(up); i < RUN_PAGES && gfn >= 0; i++, gfn = unsent.next(gfn + 1)) {
                runEnd = gfn;
            }
            up = runEnd + 1;
        } else {
            runAt = down;
            runEnd = down;
            for (int i = 0, gfn = unsent.previous(down);
                    i < RUN_PAGES && gfn >= 0;
                    i++, gfn = unsent.previous(gfn - 1)) {
                runAt = gfn;
            }
            down = runAt - 1;
        }
    }
}
