package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.hint.CollectionPolicy;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import java.util.OptionalLong;

/**
 * What a comparison is asked with.
 *
 * @param bandwidthBytesPerSecond of the link, each way
 * @param latencyNanos of the link, one way
 * @param memoryBytes size of the guest
 * @param seed of everything that is drawn
 * @param downtimeLimitNanos longest pause that is accepted
 * @param maxRounds rounds after which a migration is given up
 * @param startAtNanos trace time at which the guest is when the migration begins; empty: half into the trace
 * @param virtualization how the hosts virtualize
 * @param techniques what some techniques ask for beside
 * @param start when a migration with hints begins and pauses its guest
 * @param collection what becomes of the young generation before the pause, with hints
 */
public record ComparisonOptions(
        long bandwidthBytesPerSecond,
        long latencyNanos,
        long memoryBytes,
        long seed,
        long downtimeLimitNanos,
        int maxRounds,
        OptionalLong startAtNanos,
        Virtualization virtualization,
        TechniqueOptions techniques,
        StartOptions start,
        CollectionPolicy collection) {

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if one is out of its range; the message is one line for the user
     */
    public ComparisonOptions {
        require(bandwidthBytesPerSecond > 0, "bandwidth " + bandwidthBytesPerSecond + " bytes/s", "above zero");
        require(latencyNanos >= 0, "latency " + latencyNanos + " ns", "of zero or more");
        require(memoryBytes > 0, "memory " + memoryBytes + " bytes", "above zero");
        require(downtimeLimitNanos >= 0, "downtime limit " + downtimeLimitNanos + " ns", "of zero or more");
        require(maxRounds > 0, "cap of " + maxRounds + " rounds", "of one or more");
        require(startAtNanos.orElse(0) >= 0, "start at " + startAtNanos.orElse(0) + " ns", "of zero or more");
    }

    private static void require(boolean holds, String what, String range) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": give one " + range);
        }
    }

    /** 1 Gbit/s, 100 us, a guest of 4 GiB, seed 1, QEMU's downtime limit of 300 ms, 30 rounds. */
    public static ComparisonOptions defaults() {
        return new ComparisonOptions(
                125_000_000,
                100_000,
                4L << 30,
                1,
                ConvergencePolicy.DEFAULT_DOWNTIME_LIMIT_NANOS,
                ConvergencePolicy.DEFAULT_MAX_ROUNDS,
                OptionalLong.empty(),
                Virtualization.DEFAULT,
                TechniqueOptions.DEFAULT,
                StartOptions.NOW,
                CollectionPolicy.IF_IT_PAYS);
    }

    public ComparisonOptions withBandwidthBytesPerSecond(long value) {
        return new ComparisonOptions(
                value,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withLatencyNanos(long value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                value,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withMemoryBytes(long value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                value,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withSeed(long value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                value,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withDowntimeLimitNanos(long value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                value,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withMaxRounds(int value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                value,
                startAtNanos,
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withStartAtNanos(long value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                OptionalLong.of(value),
                virtualization,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withVirtualization(Virtualization value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                value,
                techniques,
                start,
                collection);
    }

    public ComparisonOptions withTechniques(TechniqueOptions value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                value,
                start,
                collection);
    }

    public ComparisonOptions withStart(StartOptions value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                value,
                collection);
    }

    public ComparisonOptions withCollection(CollectionPolicy value) {
        return new ComparisonOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                memoryBytes,
                seed,
                downtimeLimitNanos,
                maxRounds,
                startAtNanos,
                virtualization,
                techniques,
                start,
                value);
    }
}
