package dev.godwit.hypervisor.migration;

import java.util.Locale;

/**
 * When the rounds end. A pure function of statistics.
 *
 * <p>Example: 30 MiB left and 288 KiB of device state over 125 MB/s take 254 ms: below the limit of 300 ms, the guest is
 * paused. With 60 MiB left it would stand still for 506 ms: another round, unless the cap is reached.
 *
 * @param downtimeLimitNanos longest pause that the operator accepts
 * @param maxRounds rounds after which a migration that has not come below the limit is given up
 */
public record ConvergencePolicy(long downtimeLimitNanos, int maxRounds) {

    /** QEMU's default: 300 ms. */
    public static final long DEFAULT_DOWNTIME_LIMIT_NANOS = 300_000_000;

    /** Where QEMU would go on for ever. */
    public static final int DEFAULT_MAX_ROUNDS = 30;

    /** What to do next. */
    public enum Decision {
        NEXT_ROUND,
        SWITCH_OVER,
        GIVE_UP
    }

    /**
     * What is known at the end of a round.
     *
     * @param round number of rounds done
     * @param leftBytes what would have to be sent in the pause, pages and state of devices
     * @param bandwidthBytesPerSecond what the link carries
     * @param latencyNanos of the link, one way
     */
    public record Statistics(int round, long leftBytes, long bandwidthBytesPerSecond, long latencyNanos) {

        /** How long the guest would stand still if it were paused now. */
        public long expectedDowntimeNanos() {
            return (long) Math.ceil(leftBytes * 1e9 / bandwidthBytesPerSecond) + latencyNanos;
        }
    }

    /** True if a pause now would stay within the limit. */
    public boolean fits(Statistics statistics) {
        return statistics.expectedDowntimeNanos() <= downtimeLimitNanos;
    }

    /** Decides. */
    public Decision decide(Statistics statistics) {
        if (fits(statistics)) {
            return Decision.SWITCH_OVER;
        }
        return statistics.round() >= maxRounds ? Decision.GIVE_UP : Decision.NEXT_ROUND;
    }

    /** Why a migration was given up. */
    public String reasonToGiveUp(Statistics statistics) {
        return String.format(
                Locale.ROOT,
                "did not converge within the cap of %d rounds: a pause now would last %.0f ms, the limit is %.0f ms",
                maxRounds,
                statistics.expectedDowntimeNanos() / 1e6,
                downtimeLimitNanos / 1e6);
    }
}
