package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessDirtyLog;
import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.guardian.SafetyCopy;
import java.util.function.IntPredicate;

/**
 * A dirty log of which the engine is not the only reader: what a process writes is saved in the rehearsal's safety copy too,
 * most of it before the pause.
 *
 * <p>The slot of a page in the copy is its frame.
 */
final class SafetyLog implements DirtyLog {
    private static final int MOST_ROUNDS = 5;

    /** Little enough to be saved in a pause: 5 ms. */
    private static final int FEW_PAGES = 4096;

    private static final int BATCH_RUNS = 1024;

    private final ProcessDirtyLog log;
    private final RunningProcess process;
    private final ProcessPages pages;
    private final SafetyCopy copy;
    private final Runnable alive;
    private final PageBitmap untaken;
    private final PageBitmap unsaved;
    private final long[] starts = new long[BATCH_RUNS];
    private final long[] ends = new long[BATCH_RUNS];
    private int coveredFrames;
    private boolean started;
    private int readInPause;
    private long savedPages;
    private long catchingUpNanos;
    private long surveyNanos;

    /** @param alive is told now and then while pages are saved */
    SafetyLog(ProcessDirtyLog log, RunningProcess process, ProcessPages pages, SafetyCopy copy, Runnable alive) {
        this.log = log;
        this.process = process;
        this.pages = pages;
        this.copy = copy;
        this.alive = alive;
        this.untaken = new PageBitmap(pages.capacity());
        this.unsaved = new PageBitmap(pages.capacity());
    }

    /** Saves all of the process while it runs, then what it wrote meanwhile, until that is little or no less than before. */
    long prepare() {
        long from = WallClock.nanos();
        start();
        save(gfn -> true);
        int before = Integer.MAX_VALUE;
        for (int round = 1; round < MOST_ROUNDS; round++) {
            sync();
            int left = unsaved.count();
            save(gfn -> true);
            if (left < FEW_PAGES || left > before * 0.8) {
                break;
            }
            before = left;
        }
        return WallClock.nanos() - from;
    }

    /** Saves what was written since the last time. */
    void catchUp() {
        long from = WallClock.nanos();
        sync();
        save(gfn -> true);
        catchingUpNanos += WallClock.nanos() - from;
    }

    /** How long {@link #catchUp} took so far. */
    long catchingUpNanos() {
        return catchingUpNanos;
    }

    /** Reads the log of the process that stands, which nobody has asked for: from here on the books know which pages there are. */
    void survey() {
        long from = WallClock.nanos();
        sync();
        surveyNanos += WallClock.nanos() - from;
    }

    /** How long {@link #survey} took so far. */
    long surveyNanos() {
        return surveyNanos;
    }

    /** Begins once; asked again, as an engine does, it only looks what was written and forgets it. */
    @Override
    public void start() {
        if (started) {
            sync();
        } else {
            started = true;
            log.start();
            for (int gfn = 0; gfn < pages.given(); gfn++) {
                if (log.hasContent(gfn)) {
                    unsaved.set(gfn);
                }
            }
        }
        untaken.clear();
    }

    /** It goes on for the safety copy, until the process is left alone. */
    @Override
    public void stop() {
        untaken.clear();
    }

    @Override
    public void written(int gfn) {
        log.written(gfn);
    }

    @Override
    public int getAndClear(PageBitmap into) {
        sync();
        int taken = 0;
        for (int gfn = untaken.next(0); gfn >= 0; gfn = untaken.next(gfn + 1)) {
            into.set(gfn);
            taken++;
        }
        untaken.clear();
        return taken;
    }

    /**
     * Reads the log of the process; after it the books know which pages there are. Of a process that has stood since the last time
     * there is nothing to read.
     */
    void sync() {
        if (process.isPaused() && process.pauses() == readInPause) {
            return;
        }
        readInPause = process.isPaused() ? process.pauses() : 0;
        PageBitmap fresh = new PageBitmap(pages.capacity());
        int unused = log.getAndClear(fresh);
        for (int gfn = fresh.next(0); gfn >= 0; gfn = fresh.next(gfn + 1)) {
            untaken.set(gfn);
            unsaved.set(gfn);
        }
    }

    /**
     * Makes room for all frames that were given, so that the slot of a page is its frame.
     *
     * @param covered frames that there is room for
     * @return those that there is room for now
     */
    static int cover(SafetyCopy copy, ProcessPages pages, int covered) {
        int frame = covered;
        for (; frame < pages.given(); frame += ProcessPages.BLOCK_PAGES) {
            long start = pages.page(frame) << PageSize.shift();
            int slot = copy.addSpan(start, start + ((long) ProcessPages.BLOCK_PAGES << PageSize.shift()));
            if (slot != frame) {
                throw new IllegalStateException("slot=" + slot + " for frame " + frame);
            }
        }
        return frame;
    }

    /** Saves those of the unsaved pages that are needed. */
    void save(IntPredicate needed) {
        coveredFrames = cover(copy, pages, coveredFrames);
        int runs = 0;
        for (int gfn = unsaved.next(0); gfn >= 0; gfn = unsaved.next(gfn + 1)) {
            unsaved.clear(gfn);
            if (!log.hasContent(gfn)) {
                // Given back: it is zeros from now on, whatever was saved of it.
                copy.discard(gfn, 1);
                continue;
            }
            if (!needed.test(gfn)) {
                continue;
            }
            savedPages++;
            long start = pages.page(gfn) << PageSize.shift();
            if (runs > 0 && ends[runs - 1] == start) {
                ends[runs - 1] += PageSize.bytes();
                continue;
            }
            if (runs == BATCH_RUNS) {
                save(runs);
                runs = 0;
            }
            starts[runs] = start;
            ends[runs++] = start + PageSize.bytes();
        }
        save(runs);
    }

    private void save(int runs) {
        alive.run();
        // What cannot be read was given back just now, and is in the log the next time.
        long unused = copy.save(process.memory(), starts, ends, runs, (start, end) -> {
            if (process.isPaused()) {
                throw new IllegalStateException("pages at 0x" + Long.toHexString(start) + " cannot be read");
            }
        });
        alive.run();
    }

    /**
     * Compares some of the pages that were saved with those of the stopped process.
     *
     * @throws IllegalStateException if one differs
     */
    void check(IntPredicate needed) {
        alive.run();
        int unused = new CopyCheck(process, pages, copy).run(gfn -> log.hasContent(gfn) && needed.test(gfn));
        alive.run();
    }

    /** Pages saved so far; one saved twice counts twice. */
    long savedPages() {
        return savedPages;
    }

    /** True if the page had content when the log was last read. */
    boolean hasContent(int gfn) {
        return log.hasContent(gfn);
    }

    /** The pages that had content when the log was last read, without those that are proven empty. */
    PageBitmap hadAtPause(PageBitmap dropped) {
        PageBitmap had = new PageBitmap(pages.capacity());
        for (int gfn = 0; gfn < pages.given(); gfn++) {
            if (log.hasContent(gfn) && !dropped.get(gfn)) {
                had.set(gfn);
            }
        }
        return had;
    }
}
