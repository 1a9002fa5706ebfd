package dev.godwit.hypervisor.host;

import dev.godwit.hypervisor.vcpu.Vcpu;

/** A VCPU's place on a host, and what the scheduler knows of it. */
public final class Placement {
    final Vcpu vcpu;
    final Runner runner;
    final Share share;
    private final Host host;

    /** PCPU time in nanoseconds that it may use before those who have credit left; negative: it used more. */
    long creditNanos = CreditScheduler.SLICE_NANOS;
    /** What is left of its cap until the next accounting; without a cap it never runs out. */
    long capLeftNanos = Long.MAX_VALUE;
    /** Waits for the next accounting because its cap is used up. */
    boolean parked;
    /** Woke a moment ago, goes first. */
    boolean boosted;

    long boostLeftNanos;
    long sliceLeftNanos;
    /** Place in the queue of its priority: the lowest goes first. */
    long queueNumber;
    /** Used since the last accounting. */
    long usedNanos;
    /** Until when its waiting is accounted for, and how much of what the hypervisor took from those who wait. */
    long waitedUntilNanos;

    double stolenUntilNanos;

    Placement(Host host, Vcpu vcpu, Runner runner, Share share) {
        this.host = host;
        this.vcpu = vcpu;
        this.runner = runner;
        this.share = share;
    }

    /** Lets it run from now on. */
    public void start() {
        host.start(this);
    }

    /** Keeps it from running from now on. */
    public void stop(Vcpu.RunState as) {
        host.stop(this, as);
    }

    boolean isCapped() {
        return share.capPercent() > 0;
    }
}
