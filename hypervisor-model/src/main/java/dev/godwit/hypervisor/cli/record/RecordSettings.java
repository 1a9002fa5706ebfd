package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How to record.
 *
 * @param durationNanos how long; empty: until the program ends
 * @param intervalNanos time between two scans for written pages
 * @param edenTracked whether Eden is tracked page by page
 * @param collectNanos time after which the young generation is collected, and again each time it has passed; empty: the
 *     JVM is left to itself
 */
public record RecordSettings(
        OptionalLong durationNanos, long intervalNanos, boolean edenTracked, OptionalLong collectNanos) {

    /** With a JVM that is left to itself. */
    public RecordSettings(OptionalLong durationNanos, long intervalNanos, boolean edenTracked) {
        this(durationNanos, intervalNanos, edenTracked, OptionalLong.empty());
    }

    /**
     * What the agent is told.
     *
     * @param output directory of the trace
     * @throws CommandFailure if the agent's options cannot express the directory
     */
    String agentOptions(Path output) {
        String directory = output.toAbsolutePath().normalize().toString();
        if (directory.contains(";") || directory.contains("\n")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the directory " + directory + " holds a semicolon or a line break, which the agent's options"
                            + " cannot express; name another one with --output");
        }
        StringBuilder options = new StringBuilder("output=" + directory);
        durationNanos.ifPresent(nanos -> options.append(";duration=").append(inUnits(nanos)));
        options.append(";interval=").append(inUnits(intervalNanos));
        options.append(";eden=").append(edenTracked ? "track" : "skip");
        collectNanos.ifPresent(nanos -> options.append(";collect=").append(inUnits(nanos)));
        return options.toString();
    }

    /** In milliseconds, which the agent reads; at least one. */
    private static String inUnits(long nanos) {
        return Math.max(1, Math.round(nanos / 1e6)) + "ms";
    }
}
