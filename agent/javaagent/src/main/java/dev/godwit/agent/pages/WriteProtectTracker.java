package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.SystemCallException;
import dev.godwit.linux.Userfaultfd;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import java.util.List;

/**
 * Tracks writes exactly, by userfaultfd write-protection in asynchronous mode.
 *
 * <p>A scan works like this. What is mapped now is read and registered, which does nothing for what is registered
 * already. Then the kernel is asked, in one step per page, which pages were written and to protect these again: <b>the
 * protection is armed before anyone can read the page</b>, so that a write after the reading is reported by the next
 * scan. Last comes a walk over the pages that are present, which finds what was dropped, and counts as written what
 * the step before could not see: mappings that appeared or were replaced since the maps were read, mappings that the
 * kernel refuses to register, and pages that were dropped and filled again just then. (A page first written between
 * the two steps is therefore reported twice, now and in the next scan.) When a new mapping is registered, or a range
 * that was untracked is so again, the kernel reports all of its pages, as a registered page that was never armed counts
 * as written.
 *
 * <p>Ranges that are untracked are unregistered, after a last scan of them: their pages are disarmed and a write to them
 * costs nothing.
 */
public final class WriteProtectTracker implements DirtyPageTracker {
    private static final int MOST_UNTRACKED_RANGES = 512;

    private final Userfaultfd userfaultfd;
    private final Pagemap pagemap;
    private final long mappingLimit;
    private final TrackableMappings mappings = new TrackableMappings();
    private final PresentPages present = new PresentPages();
    private final AddressRanges mapped = new AddressRanges();
    private final AddressRanges untrackedWanted = new AddressRanges();
    private final AddressRanges untracked = new AddressRanges();
    private final AddressRanges stillUntracked = new AddressRanges();
    private final AddressRanges watched = new AddressRanges();
    private final AddressRanges tracked = new AddressRanges();
    private final AddressRanges refused = new AddressRanges();
    private final AddressRanges writtenAfter = new AddressRanges();
    private final AddressRanges writtenScanned = new AddressRanges();
    private final AddressRanges written = new AddressRanges();
    private final AddressRanges leftHand = new AddressRanges();
    private final AddressRanges rightHand = new AddressRanges();

    private boolean isFirst = true;
    private long lastNanos;
    private int givenUp;

    private WriteProtectTracker(Userfaultfd userfaultfd, Pagemap pagemap) {
        this.userfaultfd = userfaultfd;
        this.pagemap = pagemap;
        this.mappingLimit = MappingLimit.read();
    }

    /**
     * Opens a tracker and proves on a few pages of its own that the kernel reports what was written.
     *
     * @throws SystemCallException if the kernel or the rights do not allow it
     * @throws IllegalStateException if the kernel reported something else than what was written
     * @throws dev.godwit.linux.NativeAccessException if JNA cannot be used
     */
    public static WriteProtectTracker open() {
        Pagemap pagemap = Pagemap.openSelf();
        try {
            Userfaultfd userfaultfd = Userfaultfd.open();
            try {
                WriteProtectSelfTest.run(userfaultfd, pagemap);
                return new WriteProtectTracker(userfaultfd, pagemap);
            } catch (RuntimeException failure) {
                userfaultfd.close();
                throw failure;
            }
        } catch (RuntimeException failure) {
            pagemap.close();
            throw failure;
        }
    }

    @Override
    public PageTracker kind() {
        return PageTracker.USERFAULTFD_WP_ASYNC;
    }

    @Override
    public String limitation() {
        if (!mappings.limitation().isEmpty()) {
            return mappings.limitation();
        }
        if (refused.size() > 0) {
            return refused.size() + " ranges with " + (refused.bytes() >> 10)
                    + " KiB cannot be write-protected: their pages count as written in every interval";
        }
        return givenUp > 0 ? givenUp + " small ranges that need not be tracked are, to spare memory mappings" : "";
    }

    @Override
    public DirtyPages scan(long timeNanos, long epoch, List<VmRanges.Range> untrackedWish) {
        findRanges(untrackedWish);
        register();
        scanMapped();
        unregisterUntracked();

        PageRuns written = isFirst ? present.now().toPageRuns() : joinWritten();
        PageRuns dropped = isFirst ? PageRuns.empty() : present.dropped().toPageRuns();
        long fromNanos = isFirst ? timeNanos : lastNanos;
        isFirst = false;
        lastNanos = timeNanos;
        return new DirtyPages(fromNanos, timeNanos, epoch, written, PageRuns.empty(), dropped);
    }

    /** Until this scan, watched was what the last scan did not leave untracked; from now on, what this one does not. */
    private void findRanges(List<VmRanges.Range> wanted) {
        mappings.read();
        mapped.clear();
        mappings.addTo(mapped);
        long free = mappingLimit - mappings.entries().size();
        int budget = (int) Math.max(0, Math.min(MOST_UNTRACKED_RANGES, free / 8));
        givenUp = UntrackedRanges.choose(wanted, budget, untrackedWanted);
        stillUntracked.setIntersection(untracked, untrackedWanted);
        watched.setDifference(mapped, stillUntracked);
        untracked.setIntersection(mapped, untrackedWanted);
        tracked.setDifference(mapped, untrackedWanted);
    }

    private void register() {
        refused.clear();
        for (int i = 0; i < tracked.size(); i++) {
            if (!tryRegister(tracked.start(i), tracked.end(i))) {
                registerOneByOne(tracked.start(i), tracked.end(i));
            }
        }
    }

    /** One mapping that cannot be registered makes the call fail for all that touch it. */
    private void registerOneByOne(long start, long end) {
        for (ProcessMaps.Entry entry : mappings.entries()) {
            long from = Math.max(start, entry.start());
            long to = Math.min(end, entry.end());
            if (from < to && !tryRegister(from, to)) {
                refused.add(from, to);
            }
        }
    }

    private boolean tryRegister(long start, long end) {
        try {
            userfaultfd.register(start, end);
            return true;
        } catch (SystemCallException unmappedOrRefused) {
            return false;
        }
    }

    /** Both steps range by range, so that little time lies between them. */
    private void scanMapped() {
        writtenScanned.clear();
        writtenAfter.clear();
        AddressRanges now = present.next();
        for (int i = 0; i < mapped.size(); i++) {
            pagemap.scanWritten(mapped.start(i), mapped.end(i), writtenScanned);
            pagemap.scanPresent(mapped.start(i), mapped.end(i), now, writtenAfter);
        }
    }

    private void unregisterUntracked() {
        for (int i = 0; i < untracked.size(); i++) {
            tryUnregister(untracked.start(i), untracked.end(i));
        }
    }

    /** Fails when a part was unmapped meanwhile; then the rest stays registered, and is reported, until the next scan. */
    private boolean tryUnregister(long start, long end) {
        try {
            userfaultfd.unregister(start, end);
            return true;
        } catch (SystemCallException unmapped) {
            return false;
        }
    }

    /** Written pages that are still there; what was written or unwatched just after; untracked ones that appeared. */
    private PageRuns joinWritten() {
        leftHand.setIntersection(present.appeared(), stillUntracked);
        rightHand.setIntersection(writtenScanned, present.now());
        written.setUnion(leftHand, rightHand);
        leftHand.setIntersection(writtenAfter, watched);
        rightHand.setUnion(written, leftHand);
        return rightHand.toPageRuns();
    }

    @Override
    public void close() {
        userfaultfd.close();
        pagemap.close();
    }
}
