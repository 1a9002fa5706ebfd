package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.hint.PausePolicy;
import picocli.CommandLine.Option;

/** When a rehearsed migration begins and pauses the program. */
final class WhenSettings {
    @Option(
            names = "--when",
            paramLabel = "now|safe",
            defaultValue = "now",
            description = {
                "safe: wait for a good moment to begin, and for one to pause: outside the critical",
                "sections that the agent tells of, not when the application expects to be busy;",
                "now: at once (default: ${DEFAULT-VALUE})."
            })
    private When when;

    @Option(
            names = "--max-wait",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "30s",
            description = {
                "With --when safe: how long a good moment is waited for at most, before the",
                "migration begins and again before its pause; then it goes on all the same, and",
                "the result says what was hit (default: ${DEFAULT-VALUE})."
            })
    private long maxWaitNanos;

    private enum When {
        now,
        safe
    }

    /** As the engine takes it. */
    PausePolicy pause() {
        return when == When.safe ? PausePolicy.safe(maxWaitNanos) : PausePolicy.AT_ONCE;
    }
}
