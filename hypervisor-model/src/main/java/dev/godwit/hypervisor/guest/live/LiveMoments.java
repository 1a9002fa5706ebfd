package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.util.Optional;

/**
 * What an agent inside a JVM tells of this moment. The rate of allocation is that since an earlier reading, a second ago or two;
 * what is written outside the young generation no agent can tell.
 */
public final class LiveMoments {
    private static final long RATE_NANOS = 1_000_000_000;

    private final InsideAgent agent;
    private JvmSignals earlier;
    private JvmSignals later;

    public LiveMoments(InsideAgent agent) {
        this.agent = agent;
    }

    /** Asks; empty if the agent does not answer. */
    public Optional<GuestMoment> read() {
        JvmSignals now;
        try {
            now = agent.signals();
        } catch (IOException silent) {
            return Optional.empty();
        }
        remember(now);
        return Optional.of(new GuestMoment(
                (int) Math.min(Integer.MAX_VALUE, now.openCriticalSections()),
                now.oldestCriticalNanos(),
                now.criticalNames(),
                now.quietRemainingNanos(),
                now.busyRemainingNanos(),
                now.edenUsedBytes(),
                now.edenCapacityBytes(),
                now.allocationBytesPerSecond(earlier),
                now.sinceCollectionNanos(),
                0,
                0));
    }

    private void remember(JvmSignals now) {
        if (earlier == null) {
            earlier = now;
            later = now;
        } else if (now.timeNanos() - later.timeNanos() > RATE_NANOS) {
            earlier = later;
            later = now;
        }
    }
}
