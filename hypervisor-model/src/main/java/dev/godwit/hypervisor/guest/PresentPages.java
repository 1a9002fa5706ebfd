package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;

/** Which pages of a recorded JVM were there: those at the beginning, less what was dropped since, and what was written. */
final class PresentPages {
    private PresentPages() {}

    /** By index of the page, when so many intervals were over. */
    static PageBitmap before(RecordedRun run, int interval) {
        PageBitmap present = new PageBitmap(run.pages().size());
        mark(present, run.present(), true);
        for (int i = 0; i < interval; i++) {
            mark(present, run.intervals().get(i).dropped(), false);
            mark(present, run.intervals().get(i).written(), true);
        }
        return present;
    }

    private static void mark(PageBitmap bitmap, WrittenPages pages, boolean value) {
        for (int r = 0; r < pages.runs(); r++) {
            for (int i = pages.first(r); i < pages.first(r) + pages.count(r); i++) {
                if (value) {
                    bitmap.set(i);
                } else {
                    bitmap.clear(i);
                }
            }
        }
    }
}
