package dev.godwit.agent.record;

import dev.godwit.agent.heap.VmRanges.Range;
import dev.godwit.agent.pages.DirtyPageTracker;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.PageRuns;
import java.util.List;
import java.util.Optional;

/** Writes which pages were written in each interval. */
final class PageRecorder implements AutoCloseable {
    private final DirtyPageTracker tracker;
    private final TraceSink sink;
    private final Optional<EdenAssumption> eden;
    private final Part part;
    private boolean hasScanned;
    private boolean limited;

    /**
     * @param eden derives Eden's pages; empty if they are tracked
     */
    PageRecorder(DirtyPageTracker tracker, TraceSink sink, Optional<EdenAssumption> eden) {
        this.tracker = tracker;
        this.sink = sink;
        this.eden = eden;
        this.part = new Part("the tracking of written pages", sink);
    }

    /** A collection emptied Eden, see {@link EdenAssumption#collected}. */
    void collected(HeapLayout before, long edenBytes) {
        eden.ifPresent(assumption -> assumption.collected(before, edenBytes));
    }

    /** Scans, with the layout read just before; returns the pages found, empty if there are none to be had. */
    Optional<DirtyPages> scan(long epoch, Optional<HeapLayout> layout) {
        DirtyPages[] found = new DirtyPages[1];
        boolean scanned = part.run(() -> {
            found[0] = find(epoch, layout);
            sink.put(found[0]);
        });
        if (!scanned) {
            close();
        }
        String limitation = scanned ? tracker.limitation() : "";
        // Its figures change by scan; the first says what a reader needs.
        if (!limitation.isEmpty() && !limited) {
            limited = true;
            sink.notice(limitation);
        }
        return Optional.ofNullable(found[0]);
    }

    private DirtyPages find(long epoch, Optional<HeapLayout> layout) {
        boolean assume = eden.isPresent() && layout.isPresent();
        List<Range> untracked = assume ? eden.get().untracked(layout.get()) : List.of();
        DirtyPages tracked = tracker.scan(sink.now(), epoch, untracked);
        PageRuns assumed = assume ? eden.get().take(layout.get(), tracked.written()) : PageRuns.empty();
        // The first scan reports all that is present, Eden included.
        boolean nothingToAdd = !hasScanned || assumed.size() == 0;
        hasScanned = true;
        if (nothingToAdd) {
            return tracked;
        }
        return new DirtyPages(
                tracked.fromNanos(),
                tracked.timeNanos(),
                tracked.epoch(),
                tracked.written(),
                assumed,
                tracked.dropped());
    }

    @Override
    public void close() {
        tracker.close();
    }
}
