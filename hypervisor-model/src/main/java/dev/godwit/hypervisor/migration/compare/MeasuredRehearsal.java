package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.page.Compression;
import java.util.Optional;

/**
 * What a rehearsal was asked with, and what it measured: as much of it as a replay can be held against.
 *
 * @param technique name of it, hints left out
 * @param hints true if the hypervisor was told what the JVM was doing
 * @param compression how pages were made smaller
 * @param deltaCacheBytes room for versions sent before
 * @param bandwidthBytesPerSecond what was sent at most
 * @param latencyNanos of the link, one way
 * @param downtimeLimitNanos longest pause that was accepted
 * @param maxRounds after which it would have been given up
 * @param status how it ended
 * @param totalNanos how long it took
 * @param downtimeNanos how long the program would have run nowhere
 * @param transferredBytes pages and their headers
 * @param memoryBytes what the process had
 * @param rounds while it ran and in the pause
 * @param setupNanos from its beginning until the destination was ready, and what held it up later that holds up no migration
 * @param logNanos time that it spent on reading what the program had written, from outside; 0 if that is not known
 * @param logReadings how often it did that, the beginning of the tracking left out
 * @param surveyNanos of its downtime, how long it looked from outside which pages there are, if the program runs ahead of them; 0 if it
 *     does not
 * @param compilingNanos processor time of the other threads of the process that rehearsed, most of it JIT compilers; 0 if that is
 *     not known
 * @param machine it was made on, as far as that was measured before; empty: processors are left out of its replay
 */
public record MeasuredRehearsal(
        String technique,
        boolean hints,
        Compression compression,
        long deltaCacheBytes,
        long bandwidthBytesPerSecond,
        long latencyNanos,
        long downtimeLimitNanos,
        int maxRounds,
        String status,
        long totalNanos,
        long downtimeNanos,
        long transferredBytes,
        long memoryBytes,
        int rounds,
        long setupNanos,
        long logNanos,
        long logReadings,
        long surveyNanos,
        long compilingNanos,
        Optional<RehearsingMachine> machine) {

    /**
     * Checks the figures; they come from a file.
     *
     * @throws IllegalArgumentException if one is out of its range; the message is one line
     */
    public MeasuredRehearsal {
        require(bandwidthBytesPerSecond > 0, "bandwidth", bandwidthBytesPerSecond);
        require(deltaCacheBytes >= 1 << 16 && deltaCacheBytes <= 1L << 40, "delta cache", deltaCacheBytes);
        require(latencyNanos >= 0, "latency", latencyNanos);
        require(downtimeLimitNanos >= 0, "downtime limit", downtimeLimitNanos);
        require(maxRounds > 0 && maxRounds <= 1_000_000, "largest number of rounds", maxRounds);
        require(totalNanos > 0, "total time", totalNanos);
        require(downtimeNanos >= 0, "downtime", downtimeNanos);
        require(transferredBytes > 0, "transferred bytes", transferredBytes);
        require(memoryBytes > 0, "memory", memoryBytes);
        require(rounds >= 0, "rounds", rounds);
        require(setupNanos >= 0 && setupNanos <= totalNanos, "setup time", setupNanos);
        require(logNanos >= 0 && logNanos <= totalNanos, "time for the dirty log", logNanos);
        require(surveyNanos >= 0 && surveyNanos <= totalNanos, "time to look which pages there are", surveyNanos);
        require(compilingNanos >= 0 && compilingNanos <= 1L << 50, "time for compiling", compilingNanos);
        require(logReadings >= 0 && logReadings <= 1L << 40, "readings of the dirty log", logReadings);
    }

    private static void require(boolean holds, String what, long value) {
        if (!holds) {
            throw new IllegalArgumentException("a rehearsal with a " + what + " of " + value);
        }
    }
}
