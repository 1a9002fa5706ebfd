package dev.godwit.hypervisor.memory;

import java.util.Arrays;

/**
 * The memory of one VM: guest frame numbers to machine frames through a P2M table, populated on first write, less what
 * its {@link Balloon} has given back.
 */
public final class GuestMemory {
    /** What {@link #faultedPage} says if there is none. */
    public static final int NO_PAGE = -1;

    /** What {@link #frame} says of a page that was never written, or was given back. */
    public static final int NO_FRAME = -1;

    private final HostMemory host;
    private final int owner;
    private final int[] p2m;
    private final int pageSizeBytes;
    private final DirtyLog dirtyLog;
    private final PageBitmap readSinceWritten;
    private final Balloon balloon;
    private int populated;
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
        this.owner = host.admit();
        this.pageSizeBytes = pageSizeBytes;
        this.dirtyLog = dirtyLog;
        this.p2m = new int[pages];
        Arrays.fill(p2m, NO_FRAME);
        this.readSinceWritten = new PageBitmap(pages);
        readSinceWritten.setAll();
        this.balloon = new Balloon(this);
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

    /** Pages that the guest has given back. */
    public Balloon balloon() {
        return balloon;
    }

    /** The host that the frames are of. */
    public HostMemory host() {
        return host;
    }

    /** What the host marks this guest's frames with. */
    public int owner() {
        return owner;
    }

    /** Number of pages that have a frame. */
    public int populatedPages() {
        return populated;
    }

    /** Machine frame of a page, {@link #NO_FRAME} if it has none. */
    public int frame(int gfn) {
        return p2m[gfn];
    }

    /** The VM is gone from this host: all its frames return. */
    public void release() {
        for (int gfn = 0; gfn < p2m.length; gfn++) {
            giveFrameBack(gfn);
        }
    }

    /** The balloon takes a page. */
    void giveBack(int gfn) {
        if (observer != null) {
            observer.givenBack(gfn);
        }
        giveFrameBack(gfn);
    }

    private void giveFrameBack(int gfn) {
        int mfn = p2m[gfn];
        if (mfn != NO_FRAME) {
            host.release(owner, mfn);
            p2m[gfn] = NO_FRAME;
            populated--;
        }
        // What is written next is a version of its own.
        readSinceWritten.set(gfn);
    }

    /** Content of a page, see {@link PageContent}; a page that was never populated reads as zeros. */
    public long read(int gfn) {
        readSinceWritten.set(gfn);
        int mfn = p2m[gfn];
        return mfn == NO_FRAME ? PageContent.NEVER_WRITTEN : host.read(mfn);
    }

    /** Content of a page for a look that nothing follows from: no version is told apart by it. */
    public long peek(int gfn) {
        int mfn = p2m[gfn];
        return mfn == NO_FRAME ? PageContent.NEVER_WRITTEN : host.read(mfn);
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
            if (balloon.holds(gfn)) {
                balloon.deflateOnDemand(gfn);
            }
            long before = p2m[gfn] == NO_FRAME ? balloon.emptied(gfn) : read(gfn);
            place(gfn, PageContent.rewritten(before, gfn, kindCode, zero));
            readSinceWritten.clear(gfn);
        }
    }

    private void writeWhileIncomplete(int gfn) {
        if (missing.get(gfn)) {
            throw new IllegalStateException("gfn=" + gfn + ": a write to a page that has not arrived");
        }
        if (p2m[gfn] == NO_FRAME) {
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

        /** The guest gives a page back. */
        default void givenBack(int gfn) {}
    }

    /** Adds an observer; each costs the guest a call for each write. */
    public void observe(Observer another) {
        Observer first = observer;
        observer = first == null ? another : new Observers(first, another);
    }

    private record Observers(Observer first, Observer second) implements Observer {
        @Override
        public void received(int gfn, long content) {
            first.received(gfn, content);
            second.received(gfn, content);
        }

        @Override
        public void written(int gfn) {
            first.written(gfn);
            second.written(gfn);
        }

        @Override
        public void givenBack(int gfn) {
            first.givenBack(gfn);
            second.givenBack(gfn);
        }
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
        balloon.letGo(gfn);
        place(gfn, content);
        readSinceWritten.set(gfn);
        received++;
    }

    private void place(int gfn, long content) {
        int mfn = p2m[gfn];
        if (mfn == NO_FRAME) {
            mfn = host.allocate(owner, gfn);
            p2m[gfn] = mfn;
            populated++;
        }
        host.write(mfn, content);
    }

    /** How many pages {@link #receive} took in; one that came twice counts twice. */
    public long received() {
        return received;
    }
}
