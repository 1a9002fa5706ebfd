package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.transport.Link;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The destination in virtual time: its guest, with one VCPU, waits for one page at a time; a request takes the link's
 * latency to the source, and a page takes it behind having left.
 */
final class ModelledSide implements DemandSide {
    private final Clock clock;
    private final Link link;
    private final VirtualMachine destination;
    private final GuestMemory to;
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private long requests;
    private Request request;

    /** A page on its way. */
    private record InFlight(long arrivesNanos, int gfn, long content) {}

    /** What the destination asked for, and when the source hears of it. */
    private record Request(long arrivesNanos, int gfn) {}

    ModelledSide(MigrationSetting setting) {
        clock = setting.clock();
        link = setting.link();
        destination = setting.destination();
        to = destination.memory();
    }

    /** Time has passed: the guest may stand before a page, and pages arrive. */
    @Override
    public void hear() {
        if (destination.faults().count() > requests) {
            // Before pages arrive: the page that is waited for may be among them.
            requests++;
            request = new Request(destination.faults().sinceNanos() + link.latencyNanos(), to.faultedPage());
        }
        while (!inFlight.isEmpty() && inFlight.getFirst().arrivesNanos <= clock.nanos()) {
            InFlight page = inFlight.removeFirst();
            to.receive(page.gfn, page.content);
        }
    }

    @Override
    public int takeRequest() {
        if (request == null || clock.nanos() < request.arrivesNanos) {
            return NO_REQUEST;
        }
        int gfn = request.gfn;
        request = null;
        return gfn;
    }

    @Override
    public void sent(int gfn, long content) {
        inFlight.add(new InFlight(clock.nanos() + link.latencyNanos(), gfn, content));
    }

    @Override
    public boolean isUnderway() {
        return !inFlight.isEmpty();
    }

    @Override
    public void await() {
        long next = inFlight.getFirst().arrivesNanos;
        clock.advance(Math.max(0, (request == null ? next : Math.min(next, request.arrivesNanos)) - clock.nanos()));
        hear();
    }

    @Override
    public void listen(long nanos) {
        long next = clock.nanos() + nanos;
        if (request != null) {
            next = Math.min(next, request.arrivesNanos);
        }
        if (!inFlight.isEmpty()) {
            next = Math.min(next, inFlight.getFirst().arrivesNanos);
        }
        clock.advance(Math.max(0, next - clock.nanos()));
        hear();
    }

    @Override
    public long requests() {
        return requests;
    }
}
