package dev.godwit.hypervisor.migration.postcopy;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MemoryKind;
import java.util.function.IntSupplier;

/** Writes a page at every tick of its VCPU, and stands before the pages that are missing. */
public class RestartableWriter implements Program {
    private final long tickNanos;
    private final IntSupplier pattern;
    private PageBitmap written = new PageBitmap(0);
    private long untilTick;
    private int page = GuestMemory.NO_PAGE;

    /**
     * @param tickNanos time between two writes
     * @param pattern which page is written next
     */
    public RestartableWriter(long tickNanos, IntSupplier pattern) {
        this.tickNanos = tickNanos;
        this.pattern = pattern;
        this.untilTick = tickNanos;
    }

    @Override
    public void boot(GuestMemory memory) {
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            memory.receive(gfn, PageContent.first(gfn, MemoryKind.OLD, false));
        }
        written = new PageBitmap(memory.pages());
    }

    @Override
    public void execute(GuestMemory memory, long nanos) {
        executeUntilFault(memory, nanos);
    }

    @Override
    public long executeUntilFault(GuestMemory memory, long nanos) {
        long left = nanos;
        while (true) {
            if (page == GuestMemory.NO_PAGE) {
                if (untilTick > left) {
                    untilTick -= left;
                    return nanos;
                }
                left -= untilTick;
                untilTick = tickNanos;
                page = pattern.getAsInt();
            }
            if (memory.isMissing(page)) {
                memory.fault(page);
                return nanos - left;
            }
            memory.write(page, MemoryKind.OLD.code(), false);
            written.set(page);
            page = GuestMemory.NO_PAGE;
        }
    }

    /** Goes on from the same write; the pattern goes on where it was. */
    @Override
    public Mark mark() {
        int markedPage = page;
        long markedTick = untilTick;
        return () -> {
            page = markedPage;
            untilTick = markedTick;
        };
    }

    /** Forgets which pages were written. */
    void forget() {
        written.clear();
    }

    /** Distinct pages written since. */
    int writtenPages() {
        return written.count();
    }
}
