package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.linux.guardian.Guardian;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * From the last instruction at the source to the first at the destination, and what a rehearsal needs for that: the last
 * pages are saved, the host is told what follows, and the program's pages are taken away.
 */
final class Switchover {
    private final RunningProcess process;
    private final ProcessPages pages;
    private final GuestMemory destination;
    private final SafetyLog log;
    private final SavedPageEncoder encoder;
    private final SourceStream stream;
    private final Guardian guardian;
    private final StandstillWatch watch;
    private final boolean poison;
    private final Consumer<String> notices;
    private boolean done;
    private long safetyNanos;
    private long listingNanos;
    private long sortingNanos;
    private long missingPages;
    private long takenPages;
    private long emptiedPages;

    Switchover(
            RunningProcess process,
            ProcessPages pages,
            GuestMemory destination,
            SafetyLog log,
            SavedPageEncoder encoder,
            SourceStream stream,
            Guardian guardian,
            StandstillWatch watch,
            boolean poison,
            Consumer<String> notices) {
        this.process = process;
        this.pages = pages;
        this.destination = destination;
        this.log = log;
        this.encoder = encoder;
        this.stream = stream;
        this.guardian = guardian;
        this.watch = watch;
        this.poison = poison;
        this.notices = notices;
    }

    /**
     * Switches; the program still stands afterwards.
     *
     * @param dropped pages that are proven empty
     * @param tracked true to track what the program writes from here on
     * @param taken is run as soon as the pages are away
     */
    void run(PageBitmap dropped, boolean tracked, Runnable taken) {
        long saving = WallClock.nanos();
        watch.busy(true);
        log.save(gfn -> !dropped.get(gfn));
        log.check(gfn -> !dropped.get(gfn));
        watch.busy(false);
        safetyNanos += WallClock.nanos() - saving;
        long listing = WallClock.nanos();
        nameWithout(dropped);
        List<PageRun> missing = MissingMemory.runs(pages, destination::isMissing);
        listingNanos += WallClock.nanos() - listing;
        stream.switchOver(missing);
        long taking = WallClock.nanos();
        watch.busy(true);
        empty(dropped);
        take(tracked);
        taken.run();
        watch.busy(false);
        safetyNanos += WallClock.nanos() - taking;
    }

    /** What the destination is not given, neither now nor later. */
    private void nameWithout(PageBitmap dropped) {
        MissingMemory.runs(
                        pages,
                        gfn -> !destination.isMissing(gfn)
                                && (dropped.get(gfn) || !encoder.wasSent(gfn) || !log.hasContent(gfn)))
                .forEach(run -> {
                    if (!stream.batch().hasRoom(0)) {
                        stream.sendPages();
                    }
                    stream.batch().dropped(run.first(), run.pages());
                });
        stream.sendPages();
    }

    private void empty(PageBitmap dropped) {
        if (poison) {
            emptiedPages = DroppedPages.overwrite(process, pages, dropped, true);
        } else {
            MissingMemory empty = MissingMemory.of(process, pages, dropped::get);
            empty.empty(guardian);
            emptiedPages = empty.pages();
        }
    }

    private void take(boolean tracked) {
        MissingMemory missing =
                MissingMemory.of(process, pages, gfn -> destination.isMissing(gfn) && log.hasContent(gfn));
        missingPages = destination.missingPages();
        takenPages = missing.pages();
        try {
            Guardian.Dropped unused = missing.takeFrom(guardian, tracked);
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
        done = true;
    }

    /**
     * The program goes on: what its pages are is entered into the books, so that they are pushed in the order in which it needs them.
     * Whatever becomes of that, it has begun.
     */
    void sort(Runnable enterKinds) {
        long from = WallClock.nanos();
        try {
            enterKinds.run();
        } catch (RuntimeException unordered) {
            notices.accept("pages were pushed in no particular order: " + unordered.getMessage());
        }
        sortingNanos += WallClock.nanos() - from;
    }

    /** How long the migration was held up by {@link #sort}; the engine takes it for downtime. */
    long sortingNanos() {
        return sortingNanos;
    }

    /** True once pages have been taken away. */
    boolean isDone() {
        return done;
    }

    /** How long the migration was held up before, while the program ran, until the safety copy was nearly as it was. */
    long catchingUpNanos() {
        return log.catchingUpNanos();
    }

    /** How long the program stood for the safety copy. */
    long safetyNanos() {
        return safetyNanos;
    }

    /** How long it stood while the rehearsal looked from outside which pages there are: the engine does not know of that. */
    long unseenNanos() {
        return log.surveyNanos();
    }

    /** That, and how long it took to say page by page which of them follow. */
    long surveyNanos() {
        return log.surveyNanos() + listingNanos;
    }

    /** Pages that were to follow. */
    long missingPages() {
        return missingPages;
    }

    /** Those of them that were taken away. */
    long takenPages() {
        return takenPages;
    }

    /** Pages that were proven empty and overwritten or given back. */
    long emptiedPages() {
        return emptiedPages;
    }
}
