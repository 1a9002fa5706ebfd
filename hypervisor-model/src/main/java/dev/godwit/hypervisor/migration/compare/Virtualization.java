package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.memory.Paging;

/**
 * How the hosts of a comparison virtualize.
 *
 * @param paging how they learn which pages a guest writes
 * @param balloonBytes how much of its free memory the guest gives back before it is migrated
 * @param hosts their processors, and who else is there
 */
public record Virtualization(Paging paging, long balloonBytes, HostOptions hosts) {
    /** Nested paging, nothing given back, nobody else there. */
    public static final Virtualization DEFAULT = new Virtualization(Paging.NESTED, 0, HostOptions.DEFAULT);

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
        return new Virtualization(value, balloonBytes, hosts);
    }

    public Virtualization withBalloonBytes(long value) {
        return new Virtualization(paging, value, hosts);
    }

    public Virtualization withHosts(HostOptions value) {
        return new Virtualization(paging, balloonBytes, value);
    }
}
