package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import java.util.function.Consumer;

/**
 * Watches the memory of a guest that runs at the destination before its pages are there: each arrives once, as it was at
 * the pause, before the guest writes to it.
 */
final class ArrivalWatch implements GuestMemory.Observer {
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final long[] atPause;
    private final PageBitmap awaited;
    private final PageBitmap writtenHere;
    private final PageBitmap givenBackHere;
    private final ReturnWatch returns;
    private final Consumer<String> problems;
    private final int expected;

    /**
     * @param atPause what each page of the source held at the pause
     * @param awaited pages that the destination lacks
     * @param returns is told of writes too
     */
    ArrivalWatch(
            VirtualMachine source,
            VirtualMachine destination,
            long[] atPause,
            PageBitmap awaited,
            ReturnWatch returns,
            Consumer<String> problems) {
        this.source = source;
        this.destination = destination;
        this.atPause = atPause;
        this.awaited = awaited;
        this.writtenHere = new PageBitmap(atPause.length);
        this.givenBackHere = new PageBitmap(atPause.length);
        this.returns = returns;
        this.problems = problems;
        this.expected = awaited.count();
    }

    @Override
    public void received(int gfn, long content) {
        if (!awaited.get(gfn)) {
            problems.accept("frame " + gfn + " arrives "
                    + (writtenHere.get(gfn) ? "over a write of the guest" : "though the destination had it"));
        } else if (content != atPause[gfn]) {
            problems.accept("frame " + gfn + " arrives as " + PageContent.describe(content) + ", at the pause it was "
                    + PageContent.describe(atPause[gfn]));
        }
        awaited.clear(gfn);
    }

    @Override
    public void written(int gfn) {
        if (awaited.get(gfn)) {
            problems.accept("frame " + gfn + " is written before it has arrived");
        }
        writtenHere.set(gfn);
        returns.written(gfn);
    }

    @Override
    public void givenBack(int gfn) {
        givenBackHere.set(gfn);
        returns.written(gfn);
    }

    /** Pages that had to arrive. */
    int expected() {
        return expected;
    }

    int writtenHere() {
        return writtenHere.count();
    }

    /**
     * The migration is completed: every page arrived, nothing was lost, and what changed at the source came back whole from the
     * destination.
     */
    void verify(PageBitmap dropped) {
        if (awaited.count() > 0) {
            problems.accept(awaited.count() + " pages never arrived, the first is frame " + awaited.next(0));
        }
        if (destination.memory().faultedPage() != GuestMemory.NO_PAGE) {
            problems.accept(
                    "the guest still waits for frame " + destination.memory().faultedPage());
        }
        boolean changedByWayBack = returns.sourceHoldsAPoint();
        for (int gfn = 0; gfn < atPause.length; gfn++) {
            long now = destination.memory().read(gfn);
            if (!changedByWayBack && source.memory().read(gfn) != atPause[gfn]) {
                problems.accept("frame " + gfn + " was written at the source after the switch");
            }
            // What a dropped page holds is nobody's concern, before and after a write.
            if (!dropped.get(gfn)) {
                verifyPage(gfn, now);
            }
        }
    }

    private void verifyPage(int gfn, long now) {
        if (now == PageContent.NEVER_WRITTEN && givenBackHere.get(gfn)) {
            return;
        }
        if (!writtenHere.get(gfn)) {
            if (now != atPause[gfn]) {
                problems.accept("frame " + gfn + " differs: " + PageContent.describe(now) + ", at the pause "
                        + PageContent.describe(atPause[gfn]) + ", and nobody wrote to it since");
            }
        } else if (isOlder(now, atPause[gfn])) {
            problems.accept("frame " + gfn + " lost a write of the destination: " + PageContent.describe(now));
        }
    }

    /** Versions wrap around: half of their range lies ahead. */
    static boolean isOlder(long content, long than) {
        int ahead = (PageContent.version(content) - PageContent.version(than)) << 4;
        return ahead <= 0;
    }
}
