package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.hint.StartPolicy;
import dev.godwit.hypervisor.hint.Verdict;
import dev.godwit.hypervisor.sim.Clock;

/** Waits for the moment to begin. */
public final class StartGate {
    private static final long LOOK_NANOS = 1_000_000;

    private StartGate() {}

    /**
     * Lets time pass until a policy says that the migration may begin.
     *
     * @param pausesAtOnce true for a technique that pauses the guest as soon as it begins
     * @param cancel ends the wait; the migration then sees it too
     */
    public static void await(
            StartPolicy policy,
            GuestAgent agent,
            Clock clock,
            boolean pausesAtOnce,
            long bandwidthBytesPerSecond,
            CancelToken cancel,
            Moments moments) {
        long from = clock.nanos();
        String waitedFor = "";
        while (true) {
            long waited = clock.nanos() - from;
            Verdict verdict = policy.decide(new StartPolicy.Situation(
                    agent.moment().orElse(GuestMoment.SILENT), waited, pausesAtOnce, bandwidthBytesPerSecond));
            if (verdict.kind() != Verdict.Kind.WAIT || cancel.isCancelled()) {
                moments.started(Moments.Choice.of(waited, verdict, waitedFor));
                return;
            }
            waitedFor = waitedFor.isEmpty() ? verdict.reason() : waitedFor;
            clock.advance(LOOK_NANOS);
        }
    }
}
