package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.trace.MemoryKind;
import java.util.SplittableRandom;

/** The guest's kernel, which dirties its page cache while the application runs or stands still: any page of it. */
final class PageCacheWriter {
    private final GuestFrames frames;
    private final double writesPerNano;
    private final SplittableRandom random;
    private double owed;
    /** Frame that was drawn and could not be written because it was missing. */
    private int drawn = GuestMemory.NO_PAGE;

    PageCacheWriter(GuestFrames frames, double writesPerNano, SplittableRandom random) {
        this.frames = frames;
        this.writesPerNano = writesPerNano;
        this.random = random;
    }

    /** Writes what is due after a while; stands before a page that is missing, and goes on with it the next time. */
    void execute(GuestMemory memory, long nanos) {
        int pages = frames.pageCachePages();
        if (pages == 0) {
            return;
        }
        owed += nanos * writesPerNano;
        while (owed >= 1 && memory.faultedPage() == GuestMemory.NO_PAGE) {
            int gfn = drawn == GuestMemory.NO_PAGE ? frames.pageCacheFirst() + random.nextInt(pages) : drawn;
            drawn = GuestMemory.NO_PAGE;
            if (memory.isMissing(gfn)) {
                drawn = gfn;
                memory.fault(gfn);
            } else {
                owed--;
                memory.write(gfn, MemoryKind.PAGE_CACHE.code(), false);
            }
        }
    }

    /** Remembers what is due. Chance does not come back: other pages may be drawn the second time. */
    Program.Mark mark() {
        double markedOwed = owed;
        int markedDrawn = drawn;
        return () -> {
            owed = markedOwed;
            drawn = markedDrawn;
        };
    }
}
