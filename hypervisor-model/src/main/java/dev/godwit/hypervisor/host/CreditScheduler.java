package dev.godwit.hypervisor.host;

import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Delay;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import java.util.List;

/**
 * Shares PCPUs in time, in the manner of Xen's credit scheduler.
 *
 * <p>Running uses up credit; every 30 ms what was used is given out again, by weight, to those that want to run
 * ({@link CreditAccounting}). Who has credit left is UNDER and goes before those who are OVER; within
 * a priority they take turns of 30 ms. Nobody who can run waits while a PCPU is idle, unless its cap is used up. One that
 * wakes with credit left is boosted: it goes first, at once, until it has run 10 ms or blocks again.
 *
 * <p>Unlike Xen's: one queue for all PCPUs; credit is charged to the nanosecond, not by sampling; one that is preempted
 * keeps its turn and what is left of its slice; there is no least time before a preemption.
 */
final class CreditScheduler implements VirtualClock.Passenger {
    /** Time slice, and time between two accountings: {@code CSCHED_DEFAULT_TSLICE_MS} of Xen. */
    static final long SLICE_NANOS = 30_000_000;

    /** Xen's tick: a boost ends when one is found running. */
    static final long BOOST_NANOS = 10_000_000;

    /** How often one that waits for a PCPU looks whether a VCPU has blocked before its slice was over. */
    private static final long LOOK_NANOS = 500_000;

    private static final int BOOST = 0;
    private static final int UNDER = 1;
    private static final int OVER = 2;

    private final List<Placement> placements;
    private final Placement[] running;
    private long nextAccountingNanos;
    private long queueNumbers;
    /** Time that threads of the hypervisor had, each moment divided by the number of VCPUs of VMs that waited at it. */
    private double stolenFromEachNanos;

    CreditScheduler(int pcpus, List<Placement> placements) {
        this.placements = placements;
        this.running = new Placement[pcpus];
    }

    /** From now on PCPUs are shared. */
    void begin(long nowNanos) {
        nextAccountingNanos = nowNanos + SLICE_NANOS;
        for (Placement placement : placements) {
            refillCap(placement);
            if (placement.vcpu.state() == RunState.RUNNING) {
                enqueue(placement, nowNanos);
            }
        }
    }

    void start(Placement placement, long nowNanos) {
        refillCap(placement);
        if (placement.runner.isReady(nowNanos)) {
            enqueue(placement, nowNanos);
        } else {
            placement.vcpu.become(RunState.BLOCKED, nowNanos);
        }
    }

    void stop(Placement placement, long nowNanos) {
        if (placement.vcpu.state() == RunState.RUNNABLE) {
            accountWaiting(placement, nowNanos);
        }
        placement.parked = false;
        for (int pcpu = 0; pcpu < running.length; pcpu++) {
            if (running[pcpu] == placement) {
                running[pcpu] = null;
            }
        }
    }

    long nanosToWait(Placement placement, long neededNanos, long nowNanos) {
        decide(nowNanos);
        for (Placement one : running) {
            if (one == placement) {
                return neededNanos;
            }
        }
        return Math.min(nextDecision(nowNanos) - nowNanos, Math.max(neededNanos, LOOK_NANOS));
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        long now = fromNanos;
        while (now < toNanos) {
            decide(now);
            long end = Math.min(toNanos, nextDecision(now));
            for (int pcpu = 0; pcpu < running.length; pcpu++) {
                run(pcpu, now, end);
            }
            for (int i = 0; i < placements.size(); i++) {
                close(placements.get(i), now, end);
            }
            now = end;
        }
    }

    /** Accounts when it is time to, wakes who has something to do, and gives PCPUs to who is first in line. */
    private void decide(long now) {
        if (now >= nextAccountingNanos) {
            account(now);
        }
        for (int i = 0; i < placements.size(); i++) {
            Placement placement = placements.get(i);
            if (placement.vcpu.state() == RunState.BLOCKED && placement.runner.isReady(now)) {
                wake(placement, now);
            }
        }
        for (int pcpu = 0; pcpu < running.length; pcpu++) {
            if (running[pcpu] == null) {
                giveToFirst(pcpu, now);
            }
        }
        preempt(now);
    }

    private void account(long now) {
        nextAccountingNanos = now + SLICE_NANOS;
        CreditAccounting.give(placements, SLICE_NANOS);
        for (Placement placement : placements) {
            placement.usedNanos = 0;
            refillCap(placement);
            if (placement.parked) {
                accountWaiting(placement, now);
                placement.parked = false;
            }
        }
    }

    private static void refillCap(Placement placement) {
        if (placement.isCapped()) {
            placement.capLeftNanos = SLICE_NANOS * placement.share.capPercent() / 100;
        }
    }

    private void wake(Placement placement, long now) {
        enqueue(placement, now);
        placement.boosted = placement.creditNanos >= 0;
        placement.boostLeftNanos = BOOST_NANOS;
    }

    /** Puts it at the end of the queue, for a whole slice. */
    private void enqueue(Placement placement, long now) {
        placement.queueNumber = queueNumbers++;
        placement.sliceLeftNanos = SLICE_NANOS;
        placement.boosted = false;
        waits(placement, now);
        placement.parked = placement.capLeftNanos == 0;
    }

    private void waits(Placement placement, long now) {
        placement.vcpu.become(RunState.RUNNABLE, now);
        beginsToWait(placement, now);
    }

    /** First in line of those who wait at a moment. */
    private Placement first(long now) {
        Placement first = null;
        for (int i = 0; i < placements.size(); i++) {
            Placement one = placements.get(i);
            if (waitsForPcpu(one) && one.vcpu.sinceNanos() <= now && (first == null || goesBefore(one, first))) {
                first = one;
            }
        }
        return first;
    }

    private static boolean waitsForPcpu(Placement one) {
        return one.vcpu.state() == RunState.RUNNABLE && !one.parked;
    }

    private static boolean goesBefore(Placement one, Placement other) {
        int priority = priority(one);
        int otherPriority = priority(other);
        return priority == otherPriority ? one.queueNumber < other.queueNumber : priority < otherPriority;
    }

    private static int priority(Placement placement) {
        if (placement.boosted) {
            return BOOST;
        }
        return placement.creditNanos >= 0 ? UNDER : OVER;
    }

    private void giveToFirst(int pcpu, long now) {
        Placement first = first(now);
        if (first == null) {
            return;
        }
        accountWaiting(first, now);
        first.vcpu.become(RunState.RUNNING, now);
        running[pcpu] = first;
    }

    /** Those who are boosted do not wait for the end of a slice of those who are not. */
    private void preempt(long now) {
        for (Placement first = first(now); first != null && first.boosted; first = first(now)) {
            int last = 0;
            for (int pcpu = 1; pcpu < running.length; pcpu++) {
                last = goesBefore(running[last], running[pcpu]) ? pcpu : last;
            }
            if (priority(running[last]) == BOOST) {
                return;
            }
            waits(running[last], now);
            giveToFirst(last, now);
        }
    }

    /** When the scheduler has to look again, if nobody blocks before. */
    private long nextDecision(long now) {
        long next = nextAccountingNanos;
        for (Placement one : running) {
            if (one != null) {
                next = Math.min(next, now + Math.min(one.sliceLeftNanos, one.capLeftNanos));
            }
        }
        return next;
    }

    /** Runs whoever is on a PCPU; when it blocks, the next. */
    private void run(int pcpu, long from, long end) {
        long now = from;
        while (now < end) {
            if (running[pcpu] == null) {
                now = nextArrival(now);
                if (now >= end) {
                    return;
                }
                giveToFirst(pcpu, now);
            }
            Placement one = running[pcpu];
            long granted = Math.min(end - now, Math.min(one.sliceLeftNanos, one.capLeftNanos));
            long used = one.runner.execute(now, granted);
            now += used;
            charge(one, used);
            if (used < granted) {
                running[pcpu] = null;
                one.boosted = false;
                one.vcpu.become(RunState.BLOCKED, now);
            } else if (one.sliceLeftNanos == 0 || one.capLeftNanos == 0) {
                running[pcpu] = null;
                enqueue(one, now);
            }
        }
    }

    /** When somebody waits for a PCPU: another one may have let go of it a little later within this stretch. */
    private long nextArrival(long now) {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < placements.size(); i++) {
            Placement one = placements.get(i);
            if (waitsForPcpu(one)) {
                next = Math.min(next, Math.max(now, one.vcpu.sinceNanos()));
            }
        }
        return next;
    }

    private void charge(Placement one, long nanos) {
        one.creditNanos -= nanos;
        one.usedNanos += nanos;
        one.sliceLeftNanos -= nanos;
        if (one.isCapped()) {
            one.capLeftNanos -= nanos;
        }
        if (one.boosted) {
            one.boostLeftNanos -= nanos;
            one.boosted = one.boostLeftNanos > 0;
        }
        if (one.vcpu.owner() == Vcpu.Owner.HYPERVISOR && nanos > 0) {
            stolenFromEachNanos += (double) nanos / Math.max(1, waitingVcpus());
        }
    }

    private int waitingVcpus() {
        int waiting = 0;
        for (int i = 0; i < placements.size(); i++) {
            Placement one = placements.get(i);
            waiting += waitsForPcpu(one) && one.vcpu.owner() == Vcpu.Owner.VM ? 1 : 0;
        }
        return waiting;
    }

    /** Accounts for a stretch in which one did not run. */
    private void close(Placement placement, long from, long end) {
        RunState state = placement.vcpu.state();
        if (state == RunState.RUNNABLE) {
            accountWaiting(placement, end);
        } else if (state == RunState.BLOCKED) {
            placement.runner.blocked(Math.max(from, placement.vcpu.sinceNanos()), end);
        }
    }

    /**
     * Says why one waited. A thread of the hypervisor that has a PCPU keeps one VCPU from it, however many wait: each of
     * them loses its part of that time to the hypervisor, and the rest of its waiting to other VMs.
     */
    private void accountWaiting(Placement placement, long now) {
        long waited = now - placement.waitedUntilNanos;
        if (placement.parked) {
            placement.vcpu.delayed(Delay.CAP, waited);
            beginsToWait(placement, now);
            return;
        }
        long stolen = Math.min(waited, (long) (stolenFromEachNanos - placement.stolenUntilNanos));
        placement.vcpu.delayed(Delay.HYPERVISOR, stolen);
        placement.vcpu.delayed(Delay.OTHER_VMS, waited - stolen);
        placement.waitedUntilNanos = now;
        // Parts of a nanosecond are carried over.
        placement.stolenUntilNanos += stolen;
    }

    private void beginsToWait(Placement placement, long now) {
        placement.waitedUntilNanos = now;
        placement.stolenUntilNanos = stolenFromEachNanos;
    }
}
