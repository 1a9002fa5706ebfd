package dev.godwit.hypervisor.memory;

import java.util.Arrays;

/**
 * The memory of one VM: guest frame numbers to machine frames through a P2M table, populated on first write.
 */
public final class GuestMemory {
    /** What {@link #faultedPage} says if there is none. */
    public static final int NO_PAGE = -1;

    private static final int NOT_POPULATED = -1;

    private final HostMemory host;
    private final int[] p2m;
    private final int pageSizeBytes;
    private final DirtyLog dirtyLog;
    private final PageBitmap readSinceWritten;
    private long received;
    private PageBitmap missing;
    private int missingPages;
    private int faultedPage = NO_PAGE;
    private long emptyPagesWritten;
    private Observer observer;

    /**
     * @param pages size of the guest
     * @param pageSizeBytes size of a page
     * @param host where frames come from
     * @param dirtyLog is told of every write of the guest
     */
    public GuestMemory(int pages, int pageSizeBytes, HostMemory host, DirtyLog dirtyLog) {
        this.host = host;
        this.pageSizeBytes = pageSizeBytes;
        this.dirtyLog = dirtyLog;
        this.p2m = new int[pages];
        Arrays.fill(p2m, NOT_POPULATED);
        this.readSinceWritten = new PageBitmap(pages);
        readSinceWritten.setAll();
    }

    /** Number of pages. */
    public int pages() {
        return p2m.length;
    }

    public int pageSizeBytes() {
        return pageSizeBytes;
    }

    public long totalBytes() {
        return (long) p2m.length * pageSizeBytes;
    }

    public DirtyLog dirtyLog() {
        return dirtyLog;
    }

    /** Content of a page, see {@link PageContent}; a page that was never populated reads as zeros. */
    public long read(int gfn) {
        readSinceWritten.set(gfn);
        int mfn = p2m[gfn];
        return mfn == NOT_POPULATED ? PageContent.NEVER_WRITTEN : host.read(mfn);
    }

    /** Content of a page for a look that nothing follows from: no version is told apart by it. */
    public long peek(int gfn) {
        int mfn = p2m[gfn];
        return mfn == NOT_POPULATED ? PageContent.NEVER_WRITTEN : host.read(mfn);
    }

    /**
     * A write by the guest: logged as dirty, and a new version of the page.
     *
     * <p>As long as nobody has read the page since its last write, one version stands for all writes: nobody could tell
     * them apart, and most pages of a busy guest are written many times between two reads.
     *
     * @param kindCode code of what is written
     * @param zero true if zeros are written
     * @throws IllegalStateException if the page is missing: a program asks {@link #isMissing} first
     */
    public void write(int gfn, int kindCode, boolean zero) {
        if (missing != null) {
            writeWhileIncomplete(gfn);
        }
        if (observer != null) {
            observer.written(gfn);
        }
        dirtyLog.written(gfn);
        if (readSinceWritten.get(gfn)) {
            place(gfn, PageContent.rewritten(read(gfn), gfn, kindCode, zero));
            readSinceWritten.clear(gfn);
        }
    }

    private void writeWhileIncomplete(int gfn) {
        if (missing.get(gfn)) {
            throw new IllegalStateException("gfn=" + gfn + ": a write to a page that has not arrived");
        }
        if (p2m[gfn] == NOT_POPULATED) {
            emptyPagesWritten++;
        }
    }

    /**
     * Begins to tell pages that are still elsewhere from those that nobody has written: the guest waits before the
     * first, the second hold zeros at once.
     *
     * @param elsewhere pages that {@link #receive} will bring, each once; not changed
     */
    public void expect(PageBitmap elsewhere) {
        missing = elsewhere.copy();
        missingPages = missing.count();
    }

    /** True if the page is still elsewhere. */
    public boolean isMissing(int gfn) {
        return missing != null && missing.get(gfn);
    }

    /** Number of pages that are still elsewhere. */
    public int missingPages() {
        return missingPages;
    }

    /** The guest stands before a missing page; until it arrives nothing is executed. */
    public void fault(int gfn) {
        faultedPage = gfn;
    }

    /** The missing page that the guest stands before, {@link #NO_PAGE} if there is none. */
    public int faultedPage() {
        return faultedPage;
    }

    /** Pages that were written for the first time, holding zeros, after {@link #expect}: no other host was asked. */
    public long emptyPagesWritten() {
        return emptyPagesWritten;
    }

    /** Sees what becomes of a memory, before it does. */
    public interface Observer {
        /** A page arrives. */
        void received(int gfn, long content);

        /** The guest writes to a page. */
        void written(int gfn);
    }

    /** Sets the one observer; it costs the guest a call for each write. */
    public void observe(Observer one) {
        observer = one;
    }

    /** A page that arrives from a migration, or that the guest starts with: not a write of the guest. */
    public void receive(int gfn, long content) {
        if (observer != null) {
            observer.received(gfn, content);
        }
        if (isMissing(gfn)) {
            missing.clear(gfn);
            missingPages--;
        }
        if (gfn == faultedPage) {
            faultedPage = NO_PAGE;
        }
        place(gfn, content);
        readSinceWritten.set(gfn);
        received++;
    }

    private void place(int gfn, long content) {
        int mfn = p2m[gfn];
        if (mfn == NOT_POPULATED) {
            mfn = host.allocate();
            p2m[gfn] = mfn;
        }
        host.write(mfn, content);
    }

    /** How many pages {@link #receive} took in; one that came twice counts twice. */
    public long received() {
        return received;
    }
}
