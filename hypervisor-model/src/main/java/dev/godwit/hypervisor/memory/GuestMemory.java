package dev.godwit.hypervisor.memory;

import java.util.Arrays;

/**
 * The memory of one VM: guest frame numbers to machine frames through a P2M table, populated on first write.
 */
public final class GuestMemory {
    private static final int NOT_POPULATED = -1;

    private final HostMemory host;
    private final int[] p2m;
    private final int pageSizeBytes;
    private final DirtyLog dirtyLog;
    private final PageBitmap readSinceWritten;
    private long received;

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
     */
    public void write(int gfn, int kindCode, boolean zero) {
        dirtyLog.written(gfn);
        if (readSinceWritten.get(gfn)) {
            place(gfn, PageContent.rewritten(read(gfn), gfn, kindCode, zero));
            readSinceWritten.clear(gfn);
        }
    }

    /** A page that arrives from a migration, or that the guest starts with: not a write of the guest. */
    public void receive(int gfn, long content) {
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
