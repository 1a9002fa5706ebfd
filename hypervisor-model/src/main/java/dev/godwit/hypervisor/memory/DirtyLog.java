package dev.godwit.hypervisor.memory;

/** Which pages a guest has written. */
public interface DirtyLog {

    /** Begins to log; until then writes are not seen. */
    void start();

    /** Ends logging and forgets. */
    void stop();

    /** Called by {@link GuestMemory} for every write of the guest. */
    void written(int gfn);

    /**
     * Adds the pages written since the last call to a bitmap and clears them here, in one step.
     *
     * <p>A page must be read after this call, never before: a write that falls between a read and the clearing would be
     * lost, one that falls between the clearing and a read only costs a second transfer.
     *
     * @param into gets the pages written, is not cleared first
     * @return how many pages had been written
     */
    int getAndClear(PageBitmap into);
}
