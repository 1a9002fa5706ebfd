package dev.godwit.hypervisor.memory;

import dev.godwit.hypervisor.vcpu.Overhead;
import dev.godwit.hypervisor.vcpu.Vcpu;

/**
 * Shadow page tables: pages are write-protected when logging starts and again when they are collected; the first write to
 * one faults, which the hypervisor notes at the expense of the VCPU that writes. Nothing has to be scanned: the migration
 * pays only for the protection of what was written.
 *
 * <p>Example: a guest that writes 65,536 pages between two collections loses 52 ms to faults, and the collection takes
 * 3.9 ms, however large the guest is.
 */
public final class ShadowPagingDirtyLog implements DirtyLog {
    private final PageBitmap dirty;
    private Vcpu writer;
    private boolean logging;
    private long faults;
    private long costNanos;

    public ShadowPagingDirtyLog(int pages) {
        dirty = new PageBitmap(pages);
    }

    @Override
    public void attach(Vcpu vcpu) {
        writer = vcpu;
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
        if (logging && !dirty.get(gfn)) {
            dirty.set(gfn);
            faults++;
            if (writer != null) {
                writer.owe(Overhead.WRITE_FAULT, PageTableCosts.WRITE_FAULT_NANOS);
            }
        }
    }

    /** Writes that faulted. */
    public long faults() {
        return faults;
    }

    @Override
    public int getAndClear(PageBitmap into) {
        int collected = dirty.moveTo(into);
        costNanos += PageTableCosts.collectNanos(collected);
        return collected;
    }

    @Override
    public long takeCostNanos() {
        long cost = costNanos;
        costNanos = 0;
        return cost;
    }
}
