package dev.godwit.hypervisor.host;

import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A physical host: PCPUs, and who is given time on them.
 *
 * <p>Example: three VMs of one VCPU each on one PCPU of 3 GHz, all busy: each runs a third of the time, as if on one of
 * 1 GHz.
 */
public final class Host implements VirtualClock.Passenger {
    /** 3 GHz. */
    public static final long DEFAULT_CLOCK_HZ = 3_000_000_000L;

    private final String name;
    private final VirtualClock clock;
    private final int pcpus;
    private final long clockHz;
    private final List<Placement> placements = new ArrayList<>();
    private final List<Vcpu> vcpus = new ArrayList<>();
    private final CreditScheduler scheduler;
    private boolean shared;

    /** A host of PCPUs of 3 GHz. */
    public Host(String name, VirtualClock clock, int pcpus) {
        this(name, clock, pcpus, DEFAULT_CLOCK_HZ);
    }

    /**
     * @param name for messages
     * @param clock whose time passes on it
     * @param pcpus number of physical processors, positive
     * @param clockHz cycles per second of each, positive
     */
    public Host(String name, VirtualClock clock, int pcpus, long clockHz) {
        if (pcpus < 1) {
            throw new IllegalArgumentException("host of " + pcpus + " PCPUs: give one of at least one");
        }
        if (clockHz < 1) {
            throw new IllegalArgumentException("PCPUs of " + clockHz + " Hz: give a clock rate above zero");
        }
        this.name = name;
        this.clock = clock;
        this.pcpus = pcpus;
        this.clockHz = clockHz;
        this.scheduler = new CreditScheduler(pcpus, placements);
        clock.board(this);
    }

    public String name() {
        return name;
    }

    public VirtualClock clock() {
        return clock;
    }

    /** Number of physical processors. */
    public int pcpus() {
        return pcpus;
    }

    /** Cycles that a VCPU was given which ran for so long. */
    public double cycles(long nanos) {
        return nanos * (clockHz / 1e9);
    }

    /** All VCPUs placed here, the hypervisor's own among them. */
    public List<Vcpu> vcpus() {
        return Collections.unmodifiableList(vcpus);
    }

    /** True if not everyone has a PCPU of its own, or one may not use it all: then the scheduler decides. */
    public boolean isShared() {
        return shared;
    }

    /** Places a VCPU here; it does not run yet. */
    public Placement place(Vcpu vcpu, Runner runner, Share share) {
        Placement placement = new Placement(this, vcpu, runner, share);
        placements.add(placement);
        vcpus.add(vcpu);
        if (!shared && (placements.size() > pcpus || placement.isCapped())) {
            shared = true;
            scheduler.begin(clock.nanos());
        }
        return placement;
    }

    /** A thread of the hypervisor that competes like a VCPU of default weight; it has nothing to do yet. */
    public HypervisorThread thread(String threadName) {
        return new HypervisorThread(this, threadName, Share.DEFAULT);
    }

    void start(Placement placement) {
        if (shared) {
            scheduler.start(placement, clock.nanos());
        } else {
            placement.vcpu.become(RunState.RUNNING, clock.nanos());
        }
    }

    void stop(Placement placement, RunState as) {
        if (as.isActive()) {
            throw new IllegalArgumentException(placement.vcpu + " cannot be stopped as " + as);
        }
        if (shared) {
            scheduler.stop(placement, clock.nanos());
        }
        placement.vcpu.become(as, clock.nanos());
    }

    /** How long to let time pass until one that needs so much of a PCPU may have been given it; never too long by much. */
    long nanosToWait(Placement placement, long neededNanos) {
        return shared ? scheduler.nanosToWait(placement, neededNanos, clock.nanos()) : neededNanos;
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        if (shared) {
            scheduler.passTime(fromNanos, toNanos);
            return;
        }
        for (int i = 0; i < placements.size(); i++) {
            Placement placement = placements.get(i);
            if (placement.vcpu.state().isActive()) {
                runAlone(placement, fromNanos, toNanos);
            }
        }
    }

    /** It has a PCPU of its own. */
    private static void runAlone(Placement placement, long fromNanos, long toNanos) {
        long blockedNanos = fromNanos;
        if (placement.runner.isReady(fromNanos)) {
            placement.vcpu.become(RunState.RUNNING, fromNanos);
            blockedNanos += placement.runner.execute(fromNanos, toNanos - fromNanos);
        }
        if (blockedNanos < toNanos) {
            placement.vcpu.become(RunState.BLOCKED, blockedNanos);
            placement.runner.blocked(blockedNanos, toNanos);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
