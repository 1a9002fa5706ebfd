package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.MigrationResult.Verification;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.RefetchStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Watches a migration from outside and says whether it was right.
 *
 * <ul>
 *   <li>At every moment at most one VM runs; afterwards exactly one, and the one that the outcome says.
 *   <li>When the destination begins to run, each of its pages equals the source's as it was at the pause, except dropped
 *       ones, and its VCPU stands where the source's stood.
 *   <li>If it begins to run before its memory is there: each page that it lacks arrives once, as it was at the pause, and
 *       before the guest writes to it; each fault is answered, and while one is not, the guest does nothing; in the end
 *       each page is the source's or a later one, and the source has not changed. If that fails, no VM runs and the
 *       result says that it is lost.
 *   <li>What the result says became of the VM is where it runs. It is lost only if a host that it needed is, or if it had run
 *       ahead of its memory.
 *   <li>If it comes back to the source, it is there, page for page and with its VCPU, what it was when it stood still at the
 *       destination or left the source; the work in between is lost, as much as the result says, and none if it says none.
 *   <li>Each dropped page is empty by the layout as it was at the pause, read by the checker itself.
 *   <li>A frame has one owner, on both hosts; a page that the guest has given back is not transferred.
 *   <li>The PCPUs of each host hand out no more time than passes, and where a VCPU's time went adds up to it.
 *   <li>Each request to a disk is carried out and completed once, each of a client's is served and answered once, and
 *       none that was made before its end gets lost ({@link DeviceWatch}); a VM that is lost excepted. For one that was set
 *       back this holds of the history that it goes on with.
 *   <li>The counters add up: with each other, with what the destination took in, and with what the link carried.
 * </ul>
 *
 * <p>A cancelled or failed migration has no destination to compare; the rest is checked all the same. Cost: eight bytes
 * and two reads for each page.
 */
public final class MigrationChecker implements VirtualMachine.Watcher, VirtualClock.Passenger {
    private static final int MAX_PROBLEMS = 5;

    private final VirtualClock clock;
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final GuestAgent agent;
    private final Link link;
    private final PageBitmap dropped;
    private final List<String> problems = new ArrayList<>();
    private long[] atPause;
    private long programNanosAtPause;
    private EmptyProof layoutAtPause;
    private boolean compared;
    private ArrivalWatch arrivals;
    private ReturnWatch returns;
    private final CpuWatch sourceCpu;
    private final CpuWatch destinationCpu;
    private long ranAtDestinationNanos;
    private int droppedPages;
    private final BalloonWatch balloon;
    private Optional<DeviceWatch> devices = Optional.empty();
    private Optional<StepChecker> steps = Optional.empty();
    private long queuedStateBytes;

    /**
     * Begins to watch; to be made before the migration begins.
     *
     * @param agent asked for the layout at the pause
     * @param dropped the pages that the engine says it dropped; read when the destination begins to run
     */
    public MigrationChecker(
            VirtualClock clock,
            VirtualMachine source,
            VirtualMachine destination,
            GuestAgent agent,
            Link link,
            PageBitmap dropped) {
        this.clock = clock;
        this.source = source;
        this.destination = destination;
        this.agent = agent;
        this.link = link;
        this.dropped = dropped;
        balloon = new BalloonWatch(source, destination, this::problem);
        destination.memory().observe(balloon);
        sourceCpu = new CpuWatch(source, clock.nanos(), this::problem);
        destinationCpu = new CpuWatch(destination, clock.nanos(), this::problem);
        source.watch(this);
        destination.watch(this);
        clock.board(this);
    }

    /** Looks at the migration after every step of time too; to be called before it begins, once. */
    public void follow(VirtualClock clock, MigrationStatistics statistics) {
        steps = Optional.of(new StepChecker(source, destination, link, statistics, this::problem));
        clock.board(steps.get());
    }

    @Override
    public void changed(VirtualMachine vm) {
        checkOneRuns();
        if (returns != null) {
            changedBehindTheSwitch(vm);
        } else if (vm == source && !source.isRunning() && atPause == null) {
            rememberPause();
        } else if (vm == source && source.isRunning()) {
            atPause = null;
        } else if (vm == destination && destination.isRunning()) {
            compare();
        }
    }

    private void changedBehindTheSwitch(VirtualMachine vm) {
        if (vm == destination && vm.vcpu().state() == Vcpu.RunState.PAUSED) {
            returns.stopped();
            devices.ifPresent(watch -> watch.stopped(vm));
        } else if (vm == source && source.isRunning()) {
            returns.cameBack();
        }
    }

    @Override
    public void wentBack(VirtualMachine vm) {
        devices.ifPresent(watch -> watch.wentBack(vm));
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        checkOneRuns();
        sourceCpu.passed(toNanos);
        destinationCpu.passed(toNanos);
        if (destination.isRunning()) {
            ranAtDestinationNanos += toNanos - fromNanos;
        }
    }

    private void checkOneRuns() {
        if (source.isRunning() && destination.isRunning()) {
            problem("both VMs run");
        }
    }

    private void rememberPause() {
        int pages = source.memory().pages();
        atPause = new long[pages];
        for (int gfn = 0; gfn < pages; gfn++) {
            atPause[gfn] = source.memory().read(gfn);
        }
        programNanosAtPause = source.vcpu().programNanos();
        balloon.rememberPause();
        queuedStateBytes = source.queuedStateBytes();
        layoutAtPause = EmptyProof.read(agent);
        devices.ifPresent(watch -> watch.stopped(source));
    }

    private void compare() {
        if (atPause == null) {
            problem("the destination runs and the source was never paused");
            return;
        }
        if (destination.vcpu().programNanos() != programNanosAtPause) {
            problem("the VCPU stands at " + destination.vcpu().programNanos() + " ns, at the pause it stood at "
                    + programNanosAtPause + " ns");
        }
        balloon.compare();
        PageBitmap awaited = new PageBitmap(atPause.length);
        for (int gfn = 0; gfn < atPause.length; gfn++) {
            if (destination.memory().isMissing(gfn)) {
                awaited.set(gfn);
            }
            if (dropped.get(gfn)) {
                droppedPages++;
                if (awaited.get(gfn)) {
                    problem("dropped frame " + gfn + " would be waited for");
                }
                if (!layoutAtPause.isProvenEmpty(gfn)) {
                    problem("dropped frame " + gfn + " was not proven empty (" + PageContent.describe(atPause[gfn])
                            + ")");
                }
            } else if (!awaited.get(gfn) && destination.memory().read(gfn) != atPause[gfn]) {
                problem("frame " + gfn + " differs: "
                        + PageContent.describe(destination.memory().read(gfn)) + ", at the pause "
                        + PageContent.describe(atPause[gfn]));
            }
        }
        compared = true;
        devices.ifPresent(DeviceWatch::switched);
        returns = new ReturnWatch(
                source, destination, atPause, programNanosAtPause, dropped, agent, layoutAtPause, this::problem);
        if (awaited.count() > 0) {
            arrivals = new ArrivalWatch(source, destination, atPause, awaited, returns, this::problem);
            destination.memory().observe(arrivals);
        }
    }

    /** The migration is over; its effects on devices and clients may not be. To be called if time passes from here on. */
    public void ended() {
        steps.ifPresent(StepChecker::end);
        devices.ifPresent(DeviceWatch::migrationEnded);
    }

    /** Checks requests too; whoever knows of them tells what is returned. */
    public DeviceWatch watchDevices() {
        DeviceWatch watch = new DeviceWatch();
        devices = Optional.of(watch);
        return watch;
    }

    /**
     * Says what was found; to be called when the migration is over and its effects are.
     *
     * @param status how it ended
     * @param statistics its counters
     * @param stateBytes bytes of devices and VCPU that a completed migration sends, queues and lists of pages left out
     */
    public Verification verify(MigrationStatus status, MigrationStatistics statistics, long stateBytes) {
        boolean completed = status == MigrationStatus.COMPLETED;
        VmFate fate = statistics.fate();
        checkWhoRuns(status, fate);
        FrameOwners.verify(source.name(), source.memory(), this::problem);
        FrameOwners.verify(destination.name(), destination.memory(), this::problem);
        checkCounters(statistics, completed ? stateBytes + queuedStateBytes : 0, status);
        sourceCpu.verify(clock.nanos());
        destinationCpu.verify(clock.nanos());
        if (completed && !compared) {
            problem("the destination was never compared");
        }
        if (fate instanceof VmFate.RunsAtDestination && arrivals != null) {
            arrivals.verify(dropped);
        }
        if (compared && arrivals != null) {
            checkWaiting(statistics, status);
        }
        // A VM that is lost answers nobody any more.
        boolean judged = fate.runs();
        if (judged) {
            devices.ifPresent(watch -> watch.verify().forEach(this::problem));
        }
        if (!problems.isEmpty()) {
            return new Verification(false, String.join("; ", problems));
        }
        return new Verification(
                true,
                text(completed, fate)
                        + devices.filter(watch -> judged)
                                .map(watch -> "; " + watch.text())
                                .orElse(""));
    }

    private String text(boolean completed, VmFate fate) {
        if (fate instanceof VmFate.Lost) {
            return "the VM is lost and runs nowhere, as the result says";
        }
        if (returns != null && returns.lostNanos().isPresent()) {
            long lostNanos = returns.lostNanos().getAsLong();
            return "the guest runs at the source again, each of its pages as it was when its VCPU stood where it went on, "
                    + (lostNanos == 0
                            ? "with all that it has done"
                            : lostNanos + " ns of its work back, as the result says");
        }
        if (!completed) {
            return "the source runs on alone with all its memory; there is no destination to compare";
        }
        String ballooned = balloon.pages() > 0 ? " (" + balloon.pages() + " of them given back by the guest)" : "";
        return arrivals == null
                ? "the destination equals the source at the pause: " + (atPause.length - droppedPages)
                        + " pages are equal" + ballooned + ", " + droppedPages
                        + " were dropped and are proven empty"
                : "the guest ran ahead of its memory: " + arrivals.expected()
                        + " pages arrived once each, as they were at the pause and before they were written, "
                        + (atPause.length - droppedPages - arrivals.expected()) + " were there" + ballooned + ", "
                        + droppedPages + " were dropped and are proven empty; "
                        + destination.faults().count() + " faults were answered and no write was lost";
    }

    /** The guest did nothing while it waited, and what it waited for was counted. */
    private void checkWaiting(MigrationStatistics statistics, MigrationStatus status) {
        long executed = destination.vcpu().programNanos() - programNanosAtPause;
        equal(
                "time at the destination, time executed, waited, and taken by the hypervisor and others",
                ranAtDestinationNanos,
                executed
                        + destination.faults().blockedNanos()
                        + destination.vcpu().overheadNanos()
                        + destination.vcpu().nanosIn(Vcpu.RunState.RUNNABLE, clock.nanos()));
        Optional<RunAheadStatistics> counted = statistics.runAhead();
        equal(
                "faults, faults counted",
                destination.faults().count(),
                counted.map(RunAheadStatistics::faults).orElse(0L));
        if (status != MigrationStatus.FAILED) {
            equal(
                    "faults, requests",
                    destination.faults().count(),
                    counted.map(RunAheadStatistics::requests).orElse(0L));
        }
    }

    private void checkWhoRuns(MigrationStatus status, VmFate fate) {
        boolean fits = switch (status) {
            case COMPLETED -> fate instanceof VmFate.RunsAtDestination || returnedWithNothingLost(fate);
            case CANCELLED -> fate instanceof VmFate.RunsAtSource;
            case FAILED -> !(fate instanceof VmFate.RunsAtDestination);
            case NONE, SETUP, ACTIVE, DEVICE, POSTCOPY_ACTIVE, RETURNING -> false;
        };
        if (!fits) {
            problem("the migration is " + status.label() + " and the VM is said to be " + fate.label());
        }
        boolean atSource = fate instanceof VmFate.RunsAtSource || fate instanceof VmFate.RolledBack;
        boolean atDestination = fate instanceof VmFate.RunsAtDestination;
        if (source.isRunning() != atSource || destination.isRunning() != atDestination) {
            problem("after " + status.label() + " the source " + (source.isRunning() ? "runs" : "does not run")
                    + " and the destination " + (destination.isRunning() ? "runs" : "does not") + ", said to be "
                    + fate.label());
        }
        if (fate instanceof VmFate.Lost && !source.isHostLost() && !compared) {
            problem("the VM is lost, though its host is there and it never left it");
        }
        checkWhatIsLost(fate);
    }

    private boolean returnedWithNothingLost(VmFate fate) {
        return fate instanceof VmFate.RunsAtSource && returns != null;
    }

    /** A guest that came back has lost as much work as is said, and none if none is said. */
    private void checkWhatIsLost(VmFate fate) {
        boolean rolledBack = fate instanceof VmFate.RolledBack;
        long said = rolledBack ? ((VmFate.RolledBack) fate).lostWorkNanos() : 0;
        boolean back = returns != null && returns.lostNanos().isPresent();
        if (back) {
            equal("work lost, work said to be lost", returns.lostNanos().getAsLong(), said);
        } else if (rolledBack) {
            problem("the VM is said to have come back, and never left");
        }
    }

    private void checkCounters(MigrationStatistics statistics, long stateBytes, MigrationStatus status) {
        long pages = statistics.zeroPages() + statistics.rawPages() + statistics.refetchedPages();
        // What was on its way when the VM was lost, or ran at the source again, arrived nowhere.
        long received = destination.memory().received();
        boolean allArrived = returns == null || statistics.fate() instanceof VmFate.RunsAtDestination;
        if ((allArrived && statistics.fate().runs()) || received > pages) {
            equal("pages sent and read from storage, pages taken in", pages, received);
        }
        equal(
                "bytes sent back, bytes on the link",
                statistics.wayHome().map(WayHomeStatistics::sentBytes).orElse(0L),
                link.sentBackBytes());
        long transferred = statistics.transferredBytes();
        equal("bytes sent, bytes by kind", transferred, statistics.sentByKind().total());
        if (status == MigrationStatus.COMPLETED) {
            long list =
                    statistics.runAhead().map(RunAheadStatistics::pageListBytes).orElse(0L);
            long stored = statistics.refetch().map(RefetchStatistics::listBytes).orElse(0L);
            equal(
                    "bytes sent with state and lists, bytes on the link",
                    transferred + stateBytes + list + stored,
                    link.sentBytes());
            long byRound =
                    statistics.rounds().stream().mapToLong(r -> r.sentBytes()).sum();
            equal("bytes sent, bytes by round", transferred, byRound);
            equal("pages dropped, pages dropped and found", statistics.droppedPages(), droppedPages);
        }
        if (statistics.resentByKind().total() > transferred) {
            problem("more bytes sent again than sent");
        }
    }

    private void equal(String what, long one, long other) {
        if (one != other) {
            problem(what + ": " + one + " and " + other);
        }
    }

    private void problem(String text) {
        if (problems.size() < MAX_PROBLEMS && !problems.contains(text)) {
            problems.add(text);
        }
    }
}
