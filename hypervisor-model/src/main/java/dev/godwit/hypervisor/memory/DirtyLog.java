package dev.godwit.hypervisor.memory;

import dev.godwit.hypervisor.vcpu.Vcpu;

/** Which pages a guest has written, and what it costs to know. */
public interface DirtyLog {

    /** Names the VCPU that pays for what a write costs the guest. */
    default void attach(Vcpu writer) {}

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

    /**
     * What {@link #start} and {@link #getAndClear} have cost the hypervisor since the last call of this method. It is
     * asked once after each of them by the migration, whose work this is, and who lets that time pass.
     */
    default long takeCostNanos() {
        return 0;
    }
}
