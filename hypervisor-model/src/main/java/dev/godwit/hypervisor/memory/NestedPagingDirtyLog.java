package dev.godwit.hypervisor.memory;

/**
 * Dirty bits of nested page tables (EPT, NPT): the processor sets them on a write at no cost to the guest, the
 * hypervisor collects them by a scan of all of the guest's pages, at a cost to the migration.
 *
 * <p>Example: 4 GiB, of which 256 MiB were written: the scan takes 1.6 ms for the walk and 3.9 ms for what it finds.
 */
public class NestedPagingDirtyLog implements DirtyLog {
    private final PageBitmap dirty;
    private boolean logging;
    private long costNanos;

    public NestedPagingDirtyLog(int pages) {
        dirty = new PageBitmap(pages);
    }

    @Override
    public void start() {
        dirty.clear();
        logging = true;
        costNanos += PageTableCosts.protectAllNanos(dirty.pages());
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
        int collected = dirty.moveTo(into);
        costNanos += PageTableCosts.walkNanos(dirty.pages()) + PageTableCosts.collectNanos(collected);
        return collected;
    }

    @Override
    public long takeCostNanos() {
        long cost = costNanos;
        costNanos = 0;
        return cost;
    }
}
