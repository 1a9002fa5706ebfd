package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.memory.Paging;

/**
 * How the hosts of a comparison virtualize.
 *
 * @param paging how they learn which pages a guest writes
 * @param balloonBytes how much of its free memory the guest gives back before it is migrated
 * @param hosts their processors, and who else is there
 * @param inFlight what becomes of requests to the disk that are in flight when the guest is paused
 */
public record Virtualization(Paging paging, long balloonBytes, HostOptions hosts, InFlightPolicy inFlight) {
    /** Nested paging, nothing given back, nobody else there, the disk drained as QEMU does it. */
    public static final Virtualization DEFAULT =
            new Virtualization(Paging.NESTED, 0, HostOptions.DEFAULT, InFlightPolicy.DRAIN);

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
        return new Virtualization(value, balloonBytes, hosts, inFlight);
    }

    public Virtualization withBalloonBytes(long value) {
        return new Virtualization(paging, value, hosts, inFlight);
    }

    public Virtualization withHosts(HostOptions value) {
        return new Virtualization(paging, balloonBytes, value, inFlight);
    }

    public Virtualization withInFlight(InFlightPolicy value) {
        return new Virtualization(paging, balloonBytes, hosts, value);
    }
}
