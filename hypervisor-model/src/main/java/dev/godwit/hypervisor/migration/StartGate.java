package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.hint.StartPolicy;
import dev.godwit.hypervisor.hint.Verdict;
import dev.godwit.hypervisor.sim.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits for the moment to begin. */
public final class StartGate {
    private static final long LOOK_NANOS = 1_000_000;

    private StartGate() {}

    /**
     * Lets time pass until a policy says that the migration may begin.
     *
     * @param moment asks the agent
     * @param pausesAtOnce true for a technique that pauses the guest as soon as it begins
     * @param cancel ends the wait; the migration then sees it too
     */
    public static Moments.Choice await(
            StartPolicy policy,
            Supplier<Optional<GuestMoment>> moment,
            Clock clock,
            boolean pausesAtOnce,
            long bandwidthBytesPerSecond,
            CancelToken cancel) {
        long from = clock.nanos();
        String waitedFor = "";
        while (true) {
            long waited = clock.nanos() - from;
            Verdict verdict = policy.decide(new StartPolicy.Situation(
                    moment.get().orElse(GuestMoment.SILENT), waited, pausesAtOnce, bandwidthBytesPerSecond));
            if (verdict.kind() != Verdict.Kind.WAIT || cancel.isCancelled()) {
                return Moments.Choice.of(waited, verdict, waitedFor);
            }
            waitedFor = waitedFor.isEmpty() ? verdict.reason() : waitedFor;
            clock.advance(LOOK_NANOS);
        }
    }
}
