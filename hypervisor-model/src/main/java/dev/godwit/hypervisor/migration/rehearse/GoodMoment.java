package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.guest.live.LiveMoments;
import dev.godwit.hypervisor.hint.StartPolicy;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.StartGate;
import dev.godwit.hypervisor.sim.Clock;
import java.util.Optional;

/** Waits for a good moment to begin. */
final class GoodMoment {
    private GoodMoment() {}

    /** Who has no agent to ask, or is not to wait, begins at once. */
    static Optional<Moments.Choice> await(
            RehearsalOptions options, Optional<InsideAgent> agent, Clock clock, CancelToken cancel) {
        if (!options.hints() || !options.pause().safe() || agent.isEmpty()) {
            return Optional.empty();
        }
        LiveMoments moments = new LiveMoments(agent.get());
        return Optional.of(StartGate.await(
                new StartPolicy(options.pause().maxWaitNanos()),
                moments::read,
                clock,
                false,
                options.link().bandwidthBytesPerSecond(),
                cancel));
    }
}
