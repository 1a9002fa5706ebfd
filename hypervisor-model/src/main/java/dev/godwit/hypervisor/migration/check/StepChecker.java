package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import java.util.function.Consumer;

/**
 * Looks at a migration after every step of virtual time, and says what is out of order there and then.
 *
 * <ul>
 *   <li>At most one VM runs, and a VM that does not run does no work; none does more than time has passed.
 *   <li>A VM that stands before a page lacks that page, and does nothing until it is there.
 *   <li>Pages that the destination lacks become fewer once it runs, never more.
 *   <li>No counter ever runs backwards, the parts of what was sent make up the whole, no page arrived that was not sent, and the
 *       link has carried at least what is counted.
 * </ul>
 */
final class StepChecker implements VirtualClock.Passenger {
    /** The sum over all kinds is looked at once in so many steps: it is the only check that costs more than a comparison. */
    private static final int STEPS_BETWEEN_SUMS = 64;

    private final VmWatch source;
    private final VmWatch destination;
    private final Link link;
    private final MigrationStatistics statistics;
    private final Consumer<String> problems;
    private final long receivedBefore;
    private long sentBytes;
    private long transferredBytes;
    private long pages;
    private long steps;
    private boolean ended;

    StepChecker(
            VirtualMachine source,
            VirtualMachine destination,
            Link link,
            MigrationStatistics statistics,
            Consumer<String> problems) {
        this.source = new VmWatch(source);
        this.destination = new VmWatch(destination);
        this.link = link;
        this.statistics = statistics;
        this.problems = problems;
        this.receivedBefore = destination.memory().received();
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        if (source.vm.isRunning() && destination.vm.isRunning()) {
            problem(toNanos, "both VMs run");
        }
        source.look(fromNanos, toNanos);
        destination.look(fromNanos, toNanos);
        if (!ended) {
            lookAtCounters(toNanos);
            steps++;
        }
    }

    /** The migration is over: what it counted is final, and verified elsewhere. */
    void end() {
        ended = true;
    }

    /** How often it has looked. */
    long steps() {
        return steps;
    }

    private void lookAtCounters(long nowNanos) {
        long sent = link.sentBytes();
        long transferred = statistics.transferredBytes();
        long counted = statistics.zeroPages() + statistics.rawPages() + statistics.refetchedPages();
        if (sent < sentBytes || transferred < transferredBytes || counted < pages) {
            problem(
                    nowNanos,
                    "a counter ran backwards: link " + sentBytes + " to " + sent + " bytes, pages " + transferredBytes
                            + " to " + transferred + " bytes and " + pages + " to " + counted);
        }
        if (transferred > sent) {
            problem(nowNanos, transferred + " bytes of pages are counted, the link carried " + sent);
        }
        if (steps % STEPS_BETWEEN_SUMS == 0 && statistics.sentByKind().total() != transferred) {
            problem(
                    nowNanos,
                    statistics.sentByKind().total() + " bytes by kind of memory, " + transferred + " bytes in all");
        }
        long received = destination.vm.memory().received() - receivedBefore;
        if (received > counted) {
            problem(nowNanos, received + " pages have arrived, " + counted + " were sent or read from storage");
        }
        sentBytes = sent;
        transferredBytes = transferred;
        pages = counted;
    }

    private void problem(long nowNanos, String text) {
        problems.accept("at " + nowNanos + " ns: " + text);
    }

    /** What one VM was like after the last step. */
    private final class VmWatch {
        private final VirtualMachine vm;
        private long workNanos;
        private int faultedPage = GuestMemory.NO_PAGE;
        private int missingPages = Integer.MAX_VALUE;

        VmWatch(VirtualMachine vm) {
            this.vm = vm;
            startAnew();
            vm.watch(changed -> startAnew());
        }

        /** It began or ceased to run: registers that it was given before are no work of its own. */
        private void startAnew() {
            workNanos = vm.vcpu().programNanos();
            faultedPage = GuestMemory.NO_PAGE;
            missingPages = Integer.MAX_VALUE;
        }

        void look(long fromNanos, long toNanos) {
            long now = vm.vcpu().programNanos();
            long work = now - workNanos;
            if (!vm.isRunning() && work > 0) {
                problem(toNanos, vm + " does not run and did " + work + " ns of work");
            }
            if (work < 0 || work > toNanos - fromNanos) {
                problem(toNanos, vm + " did " + work + " ns of work in " + (toNanos - fromNanos) + " ns");
            }
            int fault = vm.memory().faultedPage();
            if (fault != GuestMemory.NO_PAGE && !vm.memory().isMissing(fault)) {
                problem(toNanos, vm + " waits for frame " + fault + ", which it has");
            }
            if (fault != GuestMemory.NO_PAGE && fault == faultedPage && work > 0) {
                problem(toNanos, vm + " did " + work + " ns of work while it waited for frame " + fault);
            }
            if (vm.memory().missingPages() > missingPages) {
                problem(
                        toNanos,
                        vm + " lacks " + vm.memory().missingPages() + " pages, it lacked " + missingPages + " before");
            }
            faultedPage = fault;
            missingPages = vm.memory().missingPages();
            workNanos = now;
        }
    }
}
