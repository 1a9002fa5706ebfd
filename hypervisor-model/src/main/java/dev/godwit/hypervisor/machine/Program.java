package dev.godwit.hypervisor.machine;

import dev.godwit.hypervisor.memory.GuestMemory;

/** What a VM executes. It follows the VCPU: whichever VM runs, runs it. */
public interface Program {

    /** Fills the memory of a VM with what the program starts from. */
    void boot(GuestMemory memory);

    /**
     * Executes for a while, writing to memory as it goes.
     *
     * @param memory memory of the VM that runs
     * @param nanos how long, positive
     */
    void execute(GuestMemory memory, long nanos);

    /**
     * Executes for a while, or until the next write would go to a missing page: then that page is given to
     * {@link GuestMemory#fault}, and the write is the first thing done when it is executed again.
     *
     * <p>A program that does not know missing pages executes as ever; {@link GuestMemory#write} then refuses.
     *
     * @return how long it executed, {@code nanos} unless it stands before a missing page
     */
    default long executeUntilFault(GuestMemory memory, long nanos) {
        execute(memory, nanos);
        return nanos;
    }

    /** A place in the program, to come back to. */
    @FunctionalInterface
    interface Mark {
        /** Goes back there; what has been executed since has not been, as far as the program knows. */
        void rewind();
    }

    /**
     * Marks where the program stands. Memory is not part of it.
     *
     * @throws UnsupportedOperationException if this program can only go forward
     */
    default Mark mark() {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + " cannot be taken back to an earlier state: a technique that may have to needs a program that can");
    }

    /** False while the application inside is held, so that it answers nobody though the guest executes. */
    default boolean isResponsive() {
        return true;
    }
}
