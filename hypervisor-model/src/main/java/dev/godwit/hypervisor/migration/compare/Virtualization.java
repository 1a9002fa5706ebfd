package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.memory.Paging;

/**
 * How the hosts of a comparison virtualize.
 *
 * @param paging how they learn which pages a guest writes
 * @param balloonBytes how much of its free memory the guest gives back before it is migrated
 */
public record Virtualization(Paging paging, long balloonBytes) {
    /** Nested paging, nothing given back. */
    public static final Virtualization DEFAULT = new Virtualization(Paging.NESTED, 0);

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if one is out of its range; the message is one line for the user
     */
    public Virtualization {
        if (balloonBytes < 0) {
            throw new IllegalArgumentException("balloon of " + balloonBytes + " bytes: give one of zero or more");
        }
    }

    public Virtualization withPaging(Paging value) {
        return new Virtualization(value, balloonBytes);
    }

    public Virtualization withBalloonBytes(long value) {
        return new Virtualization(paging, value);
    }
}
