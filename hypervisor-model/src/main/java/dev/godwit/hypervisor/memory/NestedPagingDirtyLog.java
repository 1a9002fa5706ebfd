package dev.godwit.hypervisor.memory;

/**
 * Dirty bits of nested page tables (EPT, NPT): the processor sets them on a write at no cost to the guest, the
 * hypervisor collects them by a scan. The scan is modelled as taking no time.
 */
public class NestedPagingDirtyLog implements DirtyLog {
    private final PageBitmap dirty;
    private boolean logging;

    public NestedPagingDirtyLog(int pages) {
        dirty = new PageBitmap(pages);
    }

    @Override
    public void start() {
        dirty.clear();
        logging = true;
    }

    @Override
    public void stop() {
        logging = false;
        dirty.clear();
    }

    @Override
    public void written(int gfn) {
        if (logging) {
            dirty.set(gfn);
        }
    }

    @Override
    public int getAndClear(PageBitmap into) {
        return dirty.moveTo(into);
    }
}
