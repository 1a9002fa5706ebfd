package dev.godwit.hypervisor.host;

import dev.godwit.hypervisor.vcpu.Vcpu;

/**
 * A thread of the hypervisor: work that needs a PCPU and competes for it with VCPUs.
 *
 * <p>Example: a batch takes 2 ms on the link and 0.2 ms of a processor. {@code begin(200_000)}, sending, {@link #finish}:
 * 2 ms pass if a PCPU is free. If a VCPU shares it and the thread has used its share, the VCPU's slice passes first.
 */
public final class HypervisorThread implements Runner {
    private final Host host;
    private final Vcpu vcpu;
    private final Placement placement;
    private long leftNanos;

    HypervisorThread(Host host, String name, Share share) {
        this.host = host;
        vcpu = new Vcpu(name, Vcpu.Owner.HYPERVISOR, host.clock().nanos());
        placement = host.place(vcpu, this, share);
        placement.start();
    }

    /** Adds to what it has to do; it does it while time passes. */
    public void begin(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("nanos=" + nanos + ": work takes no less than nothing");
        }
        leftNanos += nanos;
    }

    /** Lets time pass until it has done all it has to do. */
    public void finish() {
        while (leftNanos > 0) {
            host.clock().advance(host.nanosToWait(placement, leftNanos));
        }
    }

    /** PCPU time that it has used. */
    public long cpuNanos() {
        return vcpu.workNanos();
    }

    public Vcpu vcpu() {
        return vcpu;
    }

    @Override
    public boolean isReady(long nowNanos) {
        return leftNanos > 0;
    }

    @Override
    public long execute(long fromNanos, long nanos) {
        long used = Math.min(leftNanos, nanos);
        leftNanos -= used;
        vcpu.executed(used);
        return used;
    }
}
