package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MemoryKind;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Where everything lies in a replayed guest's physical memory.
 *
 * <pre>
 *  0        jvm        page cache         other processes    free           pages
 * +--------+----------+------------------+------------------+--------------+
 * | kernel | JVM      | page cache       | other processes  | guest free   |
 * +--------+----------+------------------+------------------+--------------+
 * </pre>
 *
 * <p>Each virtual page of the JVM that the trace ever names has one frame of its own. The rest is laid out in the
 * shares that the recorded machine's memory had; without a record of those it is all free. Real guests scatter these
 * frames; a migration that sends each page by its bit in a bitmap does not care.
 */
public final class GuestFrames {
    /** Room that is asked for beside the JVM, for the kernel of the guest. Chosen, not measured: 64 MiB. */
    static final long MINIMUM_REST_BYTES = 64L << 20;

    private final PageTable jvmPages;
    private final int pageSizeBytes;
    private final int pages;
    private final int jvm;
    private final int pageCache;
    private final int otherProcesses;
    private final int free;
    private final Finder finder;

    /** Finds frames by pages of the JVM, whichever those are. */
    @FunctionalInterface
    public interface Finder {
        /** Gives the frames of those pages of a range that have one. */
        void frames(long firstPage, long endPage, IntConsumer each);
    }

    private GuestFrames(PageTable jvmPages, int pageSizeBytes, int pages, Shares shares, Optional<Finder> finder) {
        this.finder = finder.orElse(this::framesOfTable);
        this.jvmPages = jvmPages;
        this.pageSizeBytes = pageSizeBytes;
        this.pages = pages;
        int rest = pages - jvmPages.size();
        this.jvm = shares.of(rest, shares.kernel);
        this.pageCache = jvm + jvmPages.size();
        this.otherProcesses = pageCache + shares.of(rest, shares.pageCache);
        this.free = otherProcesses + shares.of(rest, shares.otherProcesses);
    }

    private record Shares(long kernel, long pageCache, long otherProcesses, long free) {
        int of(int rest, long part) {
            double sum = (double) kernel + pageCache + otherProcesses + free;
            return sum == 0 ? 0 : (int) (rest * (part / sum));
        }
    }

    /**
     * Lays out a guest.
     *
     * @param jvmPages pages of the JVM
     * @param pageSizeBytes size of a page
     * @param memoryBytes size of the guest
     * @param machine what the recorded machine's memory held
     * @throws UnusableTraceException if the trace does not fit, with the size that is needed
     */
    static GuestFrames layOut(
            PageTable jvmPages, int pageSizeBytes, long memoryBytes, Optional<MachineMemory> machine) {
        long neededBytes = jvmPages.size() * (long) pageSizeBytes + MINIMUM_REST_BYTES;
        if (memoryBytes < neededBytes) {
            throw new UnusableTraceException(
                    "memory " + mebibytes(memoryBytes) + " MiB is too small: the trace's JVM had "
                            + mebibytes(jvmPages.size() * (long) pageSizeBytes) + " MiB and its guest needs at least "
                            + mebibytes(neededBytes) + " MiB; give --memory " + mebibytes(neededBytes) + "MiB or more");
        }
        long pages = memoryBytes / pageSizeBytes;
        if (pages > PageContent.MAX_PAGES) {
            throw new UnusableTraceException("memory " + mebibytes(memoryBytes) + " MiB is too large: give --memory "
                    + mebibytes((long) PageContent.MAX_PAGES * pageSizeBytes) + "MiB or less");
        }
        Shares shares = machine.map(memory -> new Shares(
                        memory.kernelBytes(),
                        memory.pageCacheBytes(),
                        memory.otherProcessesBytes(),
                        memory.freeBytes()))
                .orElse(new Shares(0, 0, 0, 0));
        return new GuestFrames(jvmPages, pageSizeBytes, (int) pages, shares, Optional.empty());
    }

    /**
     * Frames of a running process: those of the heap come first, in the order of addresses, and everything else follows.
     *
     * @param heapPages all that the heap may ever have
     * @param pages of the whole process
     */
    public static GuestFrames running(PageTable heapPages, int pageSizeBytes, int pages) {
        return new GuestFrames(heapPages, pageSizeBytes, pages, new Shares(0, 0, 0, 0), Optional.empty());
    }

    /**
     * The same of a process whose pages beyond the heap can be found too.
     *
     * @param finder of all pages
     */
    public static GuestFrames running(PageTable heapPages, int pageSizeBytes, int pages, Finder finder) {
        return new GuestFrames(heapPages, pageSizeBytes, pages, new Shares(0, 0, 0, 0), Optional.of(finder));
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    /** Number of pages of the guest. */
    public int pages() {
        return pages;
    }

    public int pageSizeBytes() {
        return pageSizeBytes;
    }

    /** Virtual pages of the JVM. */
    public PageTable jvmPages() {
        return jvmPages;
    }

    /** Frame of the JVM page with an index; the frames of the JVM follow each other. */
    public int frameOf(int jvmIndex) {
        return jvm + jvmIndex;
    }

    /** Gives the frames of those pages of the JVM, of a range, that have one. */
    public void frames(long firstPage, long endPage, IntConsumer each) {
        finder.frames(firstPage, endPage, each);
    }

    private void framesOfTable(long firstPage, long endPage, IntConsumer each) {
        int end = jvmPages.indexAtOrAfter(endPage);
        for (int index = jvmPages.indexAtOrAfter(firstPage); index < end; index++) {
            each.accept(frameOf(index));
        }
    }

    /** Index of the JVM page in a frame, -1 if the frame is none of the JVM's. */
    public int jvmIndex(int gfn) {
        int index = gfn - jvm;
        return index >= 0 && index < jvmPages.size() ? index : -1;
    }

    /** First frame of the page cache. */
    int pageCacheFirst() {
        return pageCache;
    }

    /** Number of frames of the page cache. */
    int pageCachePages() {
        return otherProcesses - pageCache;
    }

    /** Kind of a frame that is none of the JVM's. */
    MemoryKind kindOutsideJvm(int gfn) {
        if (gfn < jvm) {
            return MemoryKind.KERNEL;
        }
        if (gfn < otherProcesses) {
            return MemoryKind.PAGE_CACHE;
        }
        return gfn < free ? MemoryKind.OTHER_PROCESSES : MemoryKind.GUEST_FREE;
    }
}
