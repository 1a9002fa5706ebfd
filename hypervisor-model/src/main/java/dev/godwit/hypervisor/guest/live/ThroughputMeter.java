package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.sim.ProcessorTime;
import dev.godwit.hypervisor.sim.WallClock;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How much a program gets done, seen from outside: by the processor time that the kernel accounts to it, which every program
 * has, and, with an agent in it, by the steps that it tells or the agent recognises, such as transactions.
 *
 * <p>The first is not work: a program that waits for the same lock burns none, one that takes write faults burns more. It is
 * what there is when the second is missing.
 */
public final class ThroughputMeter {
    private final long pid;
    private final Optional<InsideAgent> agent;
    private Reading last;

    /**
     * What was done in a while.
     *
     * @param nanos how long that was
     * @param processorSeconds processor time of the program in each second, of all its threads
     * @param stepsPerSecond steps of the application in each second; empty if it tells of none
     */
    public record Rate(long nanos, double processorSeconds, OptionalDouble stepsPerSecond) {}

    private record Reading(long atNanos, long cpuNanos, OptionalLong steps) {}

    public ThroughputMeter(long pid, Optional<InsideAgent> agent) {
        this.pid = pid;
        this.agent = agent;
        this.last = read();
    }

    private Reading read() {
        long cpuNanos = ProcessorTime.ofProcessNanos(pid);
        return new Reading(WallClock.nanos(), cpuNanos, steps());
    }

    private OptionalLong steps() {
        if (agent.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(agent.get().steps());
        } catch (IOException deaf) {
            return OptionalLong.empty();
        }
    }

    /**
     * What was done since the last call, or since this meter was made.
     *
     * @param stoodNanos of that time it was kept from running for reasons that do not count
     */
    public Rate take(long stoodNanos) {
        Reading before = last;
        last = read();
        long nanos = Math.max(1, last.atNanos - before.atNanos - stoodNanos);
        boolean told = before.steps.isPresent()
                && last.steps.isPresent()
                && last.steps.getAsLong() > 0
                && last.steps.getAsLong() >= before.steps.getAsLong();
        return new Rate(
                nanos,
                Math.max(0, (last.cpuNanos - before.cpuNanos) / (double) nanos),
                told
                        ? OptionalDouble.of((last.steps.getAsLong() - before.steps.getAsLong()) * 1e9 / nanos)
                        : OptionalDouble.empty());
    }
}
