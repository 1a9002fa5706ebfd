package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;

/**
 * Which page goes next while nobody waits for one.
 *
 * <p>After a fault, the pages around it: a bubble that grows on both sides until it has so many pages, or until the next
 * fault begins another. Behind that, a list, or the pages as they come.
 *
 * <p>Example: after a fault on page 100 the bubble gives 101, 99, 102, 98 and so on, passing over what was sent.
 */
public final class PushOrder {
    private static final int[] AS_THEY_COME = {};
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    /** Pages around a fault that go before the list is gone on with: 256 KiB of 4 KiB pages. */
    static final int PREPAGED_PAGES = 64;

    private final int[] list;
    private final int bubblePages;
    private int at;
    private int bubbleLeft;
    private int up;
    private int down = -1;
    private boolean upwards = true;

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
        int above = unsent.next(up);
        int below = unsent.previous(down);
        boolean takeAbove = above >= 0 && (upwards || below < 0);
        upwards = !takeAbove;
        if (takeAbove) {
            up = above + 1;
        } else {
            down = below - 1;
        }
        bubbleLeft -= bubbleLeft == UNBOUNDED ? 0 : 1;
        return takeAbove ? above : below;
    }
}
