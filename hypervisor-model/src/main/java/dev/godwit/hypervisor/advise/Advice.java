package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import java.util.List;
import java.util.Optional;

/**
 * What to do with a VM, and why.
 *
 * @param run what was looked at
 * @param options what was asked with
 * @param candidates what is to be expected of each technique, begun at once
 * @param best the one to take; empty if none was completed
 * @param whyBest half a line
 * @param expected of the best, with hints at good moments; empty if there is no best
 * @param moment when to begin
 * @param reasons why things are as they are, sentences without their full stops
 * @param timeouts known heartbeat timeouts, and whether the expected blackout fires them
 * @param bandMadeOf what the error band is made of, a sentence without its full stop
 */
public record Advice(
        RecordedRun run,
        ComparisonOptions options,
        List<Outlook> candidates,
        Optional<String> best,
        String whyBest,
        Optional<Outlook> expected,
        BestMoment moment,
        List<String> reasons,
        List<Guarded> timeouts,
        String bandMadeOf) {

    public Advice {
        candidates = List.copyOf(candidates);
        reasons = List.copyOf(reasons);
        timeouts = List.copyOf(timeouts);
    }

    /**
     * When to begin.
     *
     * @param words a sentence without its full stop
     * @param atNanos the best moment of those looked at, as trace time; -1 if none was completed
     * @param criticalShare of the time, in which a critical section is open, 0 to 1
     * @param hitAtOnce share of pauses that hit a section if nothing is waited for, 0 to 1
     * @param hitWhenWaiting the same if a good moment is waited for
     * @param waitMillis how long is waited then
     */
    public record BestMoment(
            String words,
            long atNanos,
            double criticalShare,
            double hitAtOnce,
            double hitWhenWaiting,
            Optional<Band> waitMillis) {}

    /** A timeout, and whether the expected blackout fires it. */
    public record Guarded(HeartbeatTimeout timeout, HeartbeatTimeout.Fires fires) {}
}
