package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.hint.Verdict;
import dev.godwit.hypervisor.sim.Clock;

/** Stands before the pause, and opens when the application can bear it, or when patience is over. */
public final class PauseGate {
    private static final long LOOK_NANOS = 1_000_000;
    private static final long NOT_YET = -1;

    private final Liaison liaison;
    private final PausePolicy policy;
    private final Clock clock;
    private final Moments moments;
    private long firstNanos = NOT_YET;
    private String waitedFor = "";

    PauseGate(Liaison liaison, PausePolicy policy, Clock clock, Moments moments) {
        this.liaison = liaison;
        this.policy = policy;
        this.clock = clock;
        this.moments = moments;
    }

    /**
     * True if the guest may be paused now, before any more time passes.
     *
     * @param collects true if a collection is asked for before the pause
     */
    public boolean isOpen(boolean collects) {
        if (!policy.safe() || !liaison.canTell()) {
            return true;
        }
        if (firstNanos == NOT_YET) {
            firstNanos = clock.nanos();
        }
        long waited = clock.nanos() - firstNanos;
        Verdict verdict = policy.decide(liaison.moment().orElse(GuestMoment.SILENT), waited, collects);
        if (verdict.kind() == Verdict.Kind.WAIT) {
            waitedFor = waitedFor.isEmpty() ? verdict.reason() : waitedFor;
            return false;
        }
        moments.paused(Moments.Choice.of(waited, verdict, waitedFor));
        return true;
    }

    /** Lets time pass until the gate opens, or for a while; cancelled, the migration is left. */
    public void await(boolean collects, long atMostNanos, CancelToken cancel) {
        long until = clock.nanos() + atMostNanos;
        while (!isOpen(collects) && clock.nanos() < until) {
            if (cancel.isCancelled()) {
                return;
            }
            clock.advance(LOOK_NANOS);
        }
    }
}
