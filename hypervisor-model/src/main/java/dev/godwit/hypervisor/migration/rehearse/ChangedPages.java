package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.guardian.PageState;
import dev.godwit.linux.guardian.SafetyCopy;
import java.nio.ByteBuffer;

/**
 * What the program wrote, as the source has it: over the copy of the pause, what has come back since; and what is on its way
 * back. The slot of a page is its frame in all three. One thread uses it, but for {@link #underway()}.
 */
final class ChangedPages implements AutoCloseable {
    private static final int BATCH_RUNS = 512;

    private final RunningProcess process;
    private final ProcessPages pages;
    private final SafetyCopy copy;
    private final SafetyCopy home;
    private final SafetyCopy underway;
    private final PageBitmap atPause;
    private final PageBitmap changed;
    private final PageBitmap gone;
    private final long[] starts = new long[BATCH_RUNS];
    private final long[] ends = new long[BATCH_RUNS];
    private int covered;

    /** What is taken to the source at a moment. */
    static final class Point {
        private final int[] written;
        private final int[] given;

        private Point(int[] written, int[] given) {
            this.written = written;
            this.given = given;
        }

        /** Frames, ascending, whose content is in the copy that is underway; not to be changed. */
        int[] written() {
            return written;
        }

        /** Frames, ascending, that hold nothing any more; not to be changed. */
        int[] given() {
            return given;
        }
    }

    /** @param atPause pages that had content when the program was paused; not changed */
    ChangedPages(RunningProcess process, ProcessPages pages, SafetyCopy copy, PageBitmap atPause) {
        this.process = process;
        this.pages = pages;
        this.copy = copy;
        this.atPause = atPause;
        this.home = SafetyCopy.create(pages.capacity());
        this.underway = SafetyCopy.create(pages.capacity());
        this.changed = new PageBitmap(pages.capacity());
        this.gone = new PageBitmap(pages.capacity());
    }

    /** Content of pages that are underway. */
    SafetyCopy underway() {
        return underway;
    }

    /** Of the program, which stands: what it wrote since the last time and is not so at the source. */
    Point collect() {
        PageBitmap waiting = waiting();
        PageBitmap present = new PageBitmap(pages.capacity());
        PageBitmap candidates = new PageBitmap(pages.capacity());
        look(present, candidates);
        save(candidates);
        PageBitmap written = new PageBitmap(pages.capacity());
        for (int gfn = candidates.next(0); gfn >= 0; gfn = candidates.next(gfn + 1)) {
            if (!isAtSource(gfn, underway)) {
                written.set(gfn);
            }
        }
        PageBitmap given = new PageBitmap(pages.capacity());
        for (int gfn = 0; gfn < pages.given(); gfn++) {
            boolean known = atPause.get(gfn) || changed.get(gfn);
            if (known && !present.get(gfn) && !waiting.get(gfn) && !gone.get(gfn)) {
                given.set(gfn);
            }
        }
        return new Point(list(written), list(given));
    }

    /** Pages that the program has not got yet. Asked before it is looked which it has: the guardian brings more meanwhile. */
    private PageBitmap waiting() {
        PageBitmap waiting = new PageBitmap(pages.capacity());
        for (int gfn = atPause.next(0); gfn >= 0; gfn = atPause.next(gfn + 1)) {
            byte state = copy.state(gfn);
            if (state == PageState.TO_DO || state == PageState.ASKED) {
                waiting.set(gfn);
            }
        }
        return waiting;
    }

    private void look(PageBitmap present, PageBitmap candidates) {
        for (ProcessMaps.Entry mapping : process.mappings()) {
            process.scanChanged(
                    mapping, (start, end) -> set(present, start, end), (start, end) -> set(candidates, start, end));
        }
    }

    private void set(PageBitmap bitmap, long start, long end) {
        long behind = end >>> PageSize.shift();
        for (long page = start >>> PageSize.shift(); page < behind; page++) {
            bitmap.set(pages.require(page));
        }
    }

    private void save(PageBitmap which) {
        int all = covered;
        covered = SafetyLog.cover(underway, pages, covered);
        int unused = SafetyLog.cover(home, pages, all);
        int runs = 0;
        for (int gfn = which.next(0); gfn >= 0; gfn = which.next(gfn + 1)) {
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
        long unused = underway.save(process.memory(), starts, ends, runs, (start, end) -> {
            throw new IllegalStateException("pages at 0x" + Long.toHexString(start) + " cannot be read");
        });
    }

    /** True if the source has the page as it is in a copy. */
    private boolean isAtSource(int gfn, SafetyCopy now) {
        if (gone.get(gfn) || (!changed.get(gfn) && !atPause.get(gfn))) {
            return false;
        }
        ByteBuffer source = (changed.get(gfn) ? home : copy).pages(gfn, 1);
        return source.mismatch(now.pages(gfn, 1)) < 0;
    }

    /** All of a point has come back: the source takes it over. */
    void take(Point point) {
        for (int gfn : point.written) {
            changed.set(gfn);
            gone.clear(gfn);
            home.pages(gfn, 1).put(underway.pages(gfn, 1));
        }
        for (int gfn : point.given) {
            gone.set(gfn);
        }
    }

    /**
     * Compares the program, which stands, with what the source has.
     *
     * @return pages compared, and pages that differ
     */
    long[] compare() {
        PageBitmap present = new PageBitmap(pages.capacity());
        look(present, new PageBitmap(pages.capacity()));
        save(present);
        long[] result = new long[2];
        for (int gfn = present.next(0); gfn >= 0; gfn = present.next(gfn + 1)) {
            result[0]++;
            result[1] += isAtSource(gfn, underway) ? 0 : 1;
        }
        return result;
    }

    private static int[] list(PageBitmap bitmap) {
        int[] list = new int[bitmap.count()];
        int size = 0;
        for (int gfn = bitmap.next(0); gfn >= 0; gfn = bitmap.next(gfn + 1)) {
            list[size++] = gfn;
        }
        return list;
    }

    @Override
    public void close() {
        home.close();
        underway.close();
    }
}
