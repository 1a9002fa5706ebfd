package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.trace.MemoryKind;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * What a process writes, asked of the kernel each time the log is read, and entered as writes of the guest.
 *
 * <p>A page without content is one that the guest has given back: it is in the balloon until it is written. A page that
 * loses its content, because the process unmaps or discards it, is written with zeros, as that is what the process would
 * read there.
 *
 * <p>The order matters: register what is mapped, take the written pages, which protects them again, then look what is
 * present. What is mapped anew meanwhile is written as a whole the next time; what is written meanwhile is written again.
 */
public final class ProcessDirtyLog extends NestedPagingDirtyLog {
    private final RunningProcess process;
    private final ProcessPages pages;
    private final PageBitmap known;
    private Supplier<List<AddressRange>> untracked = List::of;
    private GuestMemory memory;

    public ProcessDirtyLog(RunningProcess process, ProcessPages pages) {
        super(pages.capacity());
        this.process = process;
        this.pages = pages;
        this.known = new PageBitmap(pages.capacity());
    }

    /** The memory whose log this is; needed before anything else. */
    void serve(GuestMemory guestMemory) {
        memory = guestMemory;
    }

    /**
     * Names memory that is nearly all written between two readings anyway, such as a JVM's Eden: it is not tracked, which
     * spares the process the write faults, and all that it holds counts as written at each reading. Asked at each.
     */
    public void leaveOut(Supplier<List<AddressRange>> ranges) {
        untracked = ranges;
    }

    @Override
    public void start() {
        process.startTracking();
        super.start();
        // Begins to protect: reports everything that there is.
        scan(process.mappings(), this::found);
    }

    @Override
    public int getAndClear(PageBitmap into) {
        List<ProcessMaps.Entry> mappings = process.mappings();
        scan(mappings, this::enter);
        PageBitmap present = new PageBitmap(pages.capacity());
        for (ProcessMaps.Entry mapping : mappings) {
            process.scanPresent(mapping, (start, end) -> pages.requireAll(start, end, present::set));
        }
        compare(present);
        return super.getAndClear(into);
    }

    private void scan(List<ProcessMaps.Entry> mappings, IntConsumer sink) {
        List<AddressRange> leftOut = untracked.get();
        leftOut.forEach(process::leaveUntracked);
        for (ProcessMaps.Entry mapping : mappings) {
            long at = mapping.start();
            for (AddressRange range : leftOut) {
                AddressRange part = range.and(new AddressRange(at, mapping.end()));
                if (!part.isEmpty()) {
                    scanTracked(new AddressRange(at, part.start()), sink);
                    scanPresent(part, sink);
                    at = part.end();
                }
            }
            scanTracked(new AddressRange(at, mapping.end()), sink);
        }
    }

    private void scanTracked(AddressRange range, IntConsumer sink) {
        if (!range.isEmpty() && process.track(range)) {
            process.scanWritten(range, (start, end) -> pages.requireAll(start, end, sink));
        }
    }

    private void scanPresent(AddressRange range, IntConsumer sink) {
        process.scanPresent(range, (start, end) -> pages.requireAll(start, end, sink));
    }

    @Override
    public long takeCostNanos() {
        // It was paid in real time.
        return 0;
    }

    private void found(int gfn) {
        known.set(gfn);
        memory.receive(gfn, PageContent.first(gfn, MemoryKind.NATIVE, false));
    }

    private void enter(int gfn) {
        known.set(gfn);
        memory.write(gfn, MemoryKind.NATIVE.code(), false);
    }

    private void compare(PageBitmap present) {
        for (int gfn = 0; gfn < pages.given(); gfn++) {
            if (known.get(gfn) && !present.get(gfn)) {
                known.clear(gfn);
                memory.write(gfn, MemoryKind.NATIVE.code(), true);
            } else if (!known.get(gfn) && present.get(gfn)) {
                enter(gfn);
            }
        }
    }

    /** True if the page had content when the log was last read. */
    public boolean hasContent(int gfn) {
        return known.get(gfn);
    }
}
