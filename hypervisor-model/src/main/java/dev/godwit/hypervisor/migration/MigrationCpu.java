package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.host.HypervisorThread;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;

/**
 * What a migration asks of the processors: a thread on each host, which competes with the VCPUs there (Koto et al., APSys
 * 2012).
 *
 * <p>The link, the source and the destination work at the same time, each on another batch, so that time passes for the
 * slowest of the three. When that is the link, the threads take what they need beside it. When it is a processor, because
 * the link is fast, the encoding is dear, or VCPUs have it most of the time, the link waits.
 */
public final class MigrationCpu {
    private final HypervisorThread source;
    private final HypervisorThread destination;
    private final MigrationCosts costs;
    /** Parts of a nanosecond, carried over. */
    private double sourceRest;

    private double destinationRest;

    /**
     * @param source thread on the source host
     * @param destination thread on the destination host
     */
    public MigrationCpu(HypervisorThread source, HypervisorThread destination, MigrationCosts costs) {
        this.source = source;
        this.destination = destination;
        this.costs = costs;
    }

    /** Nothing but encoding takes a processor, and nobody else wants it: for a look at a protocol alone. */
    public static MigrationCpu encodingOnly(VirtualClock clock) {
        return new MigrationCpu(
                new Host("sending", clock, 1).thread("migration"),
                new Host("receiving", clock, 1).thread("migration"),
                MigrationCosts.NONE);
    }

    /** The real processors do the work as the migration goes on; nothing is modelled beside it. */
    public static MigrationCpu real() {
        return encodingOnly(new VirtualClock());
    }

    /**
     * Puts pages on the link, and returns when the last byte has left and both hosts have done their part.
     */
    public void send(Link link, EncodedPages pages) {
        send(link, pages, 0);
    }

    /** The same for a page that the guest waits for at the destination. */
    public void sendDemanded(Link link, EncodedPages pages) {
        send(link, pages, costs.faultNanos());
    }

    private void send(Link link, EncodedPages pages, double faultNanos) {
        sourceRest += costs.sendingNanos(pages.pageBytes(), pages.wireBytes()) + pages.encodingNanos();
        destinationRest +=
                costs.receivingNanos(pages.pageBytes(), pages.wireBytes()) + pages.decodingNanos() + faultNanos;
        long sending = (long) sourceRest;
        long receiving = (long) destinationRest;
        sourceRest -= sending;
        destinationRest -= receiving;
        source.begin(sending);
        destination.begin(receiving);
        link.send(pages.wireBytes());
        source.finish();
        destination.finish();
    }

    /**
     * Pages go the other way, from the destination to the source: both hosts have that to do too, and nobody waits for it
     * but what they are asked next.
     */
    public void sendBack(long pageBytes, long wireBytes) {
        destination.begin((long) costs.sendingNanos(pageBytes, wireBytes));
        source.begin((long) costs.receivingNanos(pageBytes, wireBytes));
    }

    /** Work of the source that nothing goes on beside, such as reading the dirty log: time passes until it is done. */
    public void workAtSource(long nanos) {
        source.begin(nanos);
        source.finish();
    }

    /** What link and processors carry of raw pages, if nobody else wants the processors. */
    public long carriedBytesPerSecond(Link link) {
        double perByte = Math.max(costs.sendingNanos(1, 1), costs.receivingNanos(1, 1)) / 1e9;
        return (long) Math.min((double) link.bandwidthBytesPerSecond(), 1 / perByte);
    }

    /** Processor time used at the source. */
    public long sourceNanos() {
        return source.cpuNanos();
    }

    /** Processor time used at the destination. */
    public long destinationNanos() {
        return destination.cpuNanos();
    }
}
