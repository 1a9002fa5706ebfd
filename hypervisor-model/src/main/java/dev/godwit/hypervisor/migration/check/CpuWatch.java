package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.host.Host;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.vcpu.Delay;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Adds up what a host says of its processors: what its PCPUs gave is no more than they had; each VCPU was in one state at a
 * time; and where a VCPU's time went accounts for all of it.
 */
final class CpuWatch {
    /** Stretches of time between two additions on a host where everyone has a PCPU; elsewhere each is looked at. */
    private static final int STRETCHES = 256;

    private final Host host;
    private final VirtualMachine vm;
    private final Consumer<String> problems;
    private final List<Age> ages = new ArrayList<>();
    private long lookedAtNanos;
    private long handedOutNanos;
    private int stretches;

    /** How old a VCPU was by its own account when the watch began, and when that was. */
    private record Age(Vcpu vcpu, long accountedNanos, long atNanos) {}

    /**
     * @param vm one of the VMs of a host, which is watched with all that are on it
     */
    CpuWatch(VirtualMachine vm, long nowNanos, Consumer<String> problems) {
        this.vm = vm;
        this.host = vm.host();
        this.problems = problems;
        this.lookedAtNanos = nowNanos;
        this.handedOutNanos = handedOut(nowNanos);
        for (Vcpu vcpu : host.vcpus()) {
            ages.add(new Age(vcpu, accounted(vcpu, nowNanos), nowNanos));
        }
    }

    /** Time has passed. */
    void passed(long nowNanos) {
        if (host.isShared() || ++stretches % STRETCHES == 0) {
            look(nowNanos);
        }
    }

    void look(long nowNanos) {
        long now = handedOut(nowNanos);
        long had = host.pcpus() * (nowNanos - lookedAtNanos);
        if (now - handedOutNanos > had || now < handedOutNanos) {
            problems.accept("the " + host.pcpus() + " PCPUs of " + host + " handed out " + (now - handedOutNanos)
                    + " ns of " + had + " ns");
        }
        handedOutNanos = now;
        lookedAtNanos = nowNanos;
        for (Age age : ages) {
            long accounted = accounted(age.vcpu, nowNanos) - age.accountedNanos;
            if (accounted != nowNanos - age.atNanos) {
                problems.accept("the states of VCPU " + age.vcpu + " on " + host + " add up to " + accounted + " ns of "
                        + (nowNanos - age.atNanos) + " ns");
            }
        }
    }

    /** At the end: the causes for which a VM did not work add up to the time in which it did not. */
    void verify(long nowNanos) {
        look(nowNanos);
        Vcpu vcpu = vm.vcpu();
        equal(
                "running, worked or taken by the hypervisor",
                vcpu.nanosIn(RunState.RUNNING, nowNanos),
                vcpu.workNanos() + vcpu.overheadNanos());
        equal(
                "blocked, waited for pages or made to sleep",
                vcpu.nanosIn(RunState.BLOCKED, nowNanos),
                vm.faults().blockedNanos() + vm.throttledNanos());
        equal(
                "runnable, delayed by others",
                vcpu.nanosIn(RunState.RUNNABLE, nowNanos),
                vcpu.delayNanos(Delay.HYPERVISOR) + vcpu.delayNanos(Delay.OTHER_VMS) + vcpu.delayNanos(Delay.CAP));
    }

    private void equal(String what, long nanos, long otherNanos) {
        if (nanos != otherNanos) {
            problems.accept("VCPU " + vm + ": " + what + ": " + nanos + " and " + otherNanos + " ns");
        }
    }

    private long handedOut(long nowNanos) {
        long sum = 0;
        for (Vcpu vcpu : host.vcpus()) {
            sum += vcpu.nanosIn(RunState.RUNNING, nowNanos);
        }
        return sum;
    }

    private static long accounted(Vcpu vcpu, long nowNanos) {
        return vcpu.nanosIn(RunState.OFFLINE, nowNanos)
                + vcpu.nanosIn(RunState.RUNNING, nowNanos)
                + vcpu.nanosIn(RunState.RUNNABLE, nowNanos)
                + vcpu.nanosIn(RunState.BLOCKED, nowNanos)
                + vcpu.nanosIn(RunState.PAUSED, nowNanos);
    }
}
