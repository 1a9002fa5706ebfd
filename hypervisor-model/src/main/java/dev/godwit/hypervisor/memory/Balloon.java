package dev.godwit.hypervisor.memory;

/**
 * Pages that a guest has given back to its host: they have no frame, hold nothing, and are not migrated. A guest that
 * writes to one gets a cleared frame at once, on whichever host it runs: the balloon lets go of the page on demand, as
 * virtio's does with {@code VIRTIO_BALLOON_F_DEFLATE_ON_OOM}. What the host's work for that costs is not modelled.
 *
 * <p>Example: a guest of 4 GiB that gives back 512 MiB takes 131,072 frames less, and a migration carries 3.5 GiB and a
 * list of runs of pages, 16 bytes for each run.
 */
public final class Balloon {
    private static final int RUN_BYTES = 16;

    private final GuestMemory memory;
    private final PageBitmap held;
    private int pages;
    private long deflatedOnDemand;
    /** Highest version that a page had when it was given back. */
    private int versionFloor;

    Balloon(GuestMemory memory) {
        this.memory = memory;
        this.held = new PageBitmap(memory.pages());
    }

    /** True if the guest has given the page back. */
    public boolean holds(int gfn) {
        return pages > 0 && held.get(gfn);
    }

    /** Clears the pages held in another bitmap. */
    public void removeFrom(PageBitmap bitmap) {
        if (pages > 0) {
            bitmap.removeAll(held);
        }
    }

    /** Number of pages given back. */
    public int pages() {
        return pages;
    }

    /** First page held from {@code from} on, -1 if there is none. */
    public int next(int from) {
        return pages == 0 ? -1 : held.next(from);
    }

    /** Pages that the guest needed again and got, cleared, while it ran here. */
    public long deflatedOnDemand() {
        return deflatedOnDemand;
    }

    /**
     * The guest gives a page back: its frame returns to the host, what it held is gone.
     *
     * @throws IllegalStateException if the page has not arrived yet, so that its last content would come over it
     */
    public void inflate(int gfn) {
        if (memory.isMissing(gfn)) {
            throw new IllegalStateException("gfn=" + gfn + ": a page that has not arrived cannot be given back");
        }
        if (held.get(gfn)) {
            return;
        }
        versionFloor = Math.max(versionFloor, PageContent.version(memory.peek(gfn)));
        memory.giveBack(gfn);
        held.set(gfn);
        pages++;
    }

    /**
     * The guest gives back pages that it does not use: those of one kind, and those never written, from the last page of
     * its memory downwards.
     *
     * @param atMost how many
     * @param kindCode code of the kind
     * @return how many there were
     */
    public int inflateUnused(int atMost, int kindCode) {
        int given = 0;
        for (int gfn = memory.pages() - 1; gfn >= 0 && given < atMost; gfn--) {
            int code = PageContent.kindCode(memory.peek(gfn));
            if (!held.get(gfn) && (code == kindCode || code == 0)) {
                inflate(gfn);
                given++;
            }
        }
        return given;
    }

    /** The guest takes a page back; it holds zeros. */
    public void deflate(int gfn) {
        if (holds(gfn)) {
            letGo(gfn);
            // Another host may have an older copy: what the page held has changed.
            memory.dirtyLog().written(gfn);
        }
    }

    /** The page is an ordinary one again. */
    void letGo(int gfn) {
        if (holds(gfn)) {
            held.clear(gfn);
            pages--;
        }
    }

    /** The guest writes to a page that it had given back. */
    void deflateOnDemand(int gfn) {
        letGo(gfn);
        deflatedOnDemand++;
    }

    /** What a page without a frame counts its versions on from: no version that it ever had comes again. */
    long emptied(int gfn) {
        return versionFloor == 0 ? PageContent.NEVER_WRITTEN : PageContent.zeros(versionFloor, gfn);
    }

    /** What it takes to say which pages are held, as runs or as a bitmap, whichever is shorter. */
    public long stateBytes() {
        long runs = 0;
        for (int from = next(0); from >= 0; from = next(from)) {
            runs++;
            while (from < held.pages() && held.get(from)) {
                from++;
            }
        }
        return Math.min(runs * RUN_BYTES, pages == 0 ? 0 : (held.pages() + 7L) / 8);
    }

    /** Takes over which pages the guest has given back at its other host; a copy of one that lies here is gone. */
    public void load(Balloon other) {
        load(other.save());
    }

    /** What a checkpoint keeps: which pages are held. */
    public record State(PageBitmap held, int versionFloor) {}

    /** What is held now, as it is now. */
    public State save() {
        return new State(held.copy(), versionFloor);
    }

    /** Goes over to what was held at another moment; a copy of a page of it that lies here is gone. */
    public void load(State state) {
        versionFloor = Math.max(versionFloor, state.versionFloor);
        for (int gfn = next(0); gfn >= 0; gfn = next(gfn + 1)) {
            letGo(gfn);
        }
        for (int gfn = state.held.next(0); gfn >= 0; gfn = state.held.next(gfn + 1)) {
            inflate(gfn);
        }
    }
}
