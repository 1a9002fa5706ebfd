package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.guest.live.ThroughputMeter;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.rehearse.Rehearsal;
import dev.godwit.hypervisor.migration.rehearse.RehearsalOptions;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.Throughput;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A rehearsal, and what the program got done before, during and after it.
 *
 * @param result of the rehearsal
 * @param throughput empty if it was cancelled
 */
public record WatchedRehearsal(RehearsalResult result, Optional<Throughput> throughput) {
    private static final long LOOK_MILLIS = 50;

    /**
     * Rehearses.
     *
     * @param windowNanos how long the program is watched before, and again after; 0: not at all
     */
    public static WatchedRehearsal run(
            RehearsalOptions options,
            Optional<InsideAgent> agent,
            ProgressListener progress,
            CancelToken cancel,
            long windowNanos) {
        if (windowNanos == 0) {
            return new WatchedRehearsal(Rehearsal.run(options, agent, progress, cancel), Optional.empty());
        }
        ThroughputMeter meter = new ThroughputMeter(options.pid(), agent);
        sleep(windowNanos, cancel);
        ThroughputMeter.Rate before = meter.take(0);
        RehearsalResult result = Rehearsal.run(options, agent, progress, cancel);
        ThroughputMeter.Rate during = meter.take(result.comparingNanos());
        if (cancel.isCancelled() || !result.programRuns()) {
            return new WatchedRehearsal(result, Optional.empty());
        }
        sleep(windowNanos, cancel);
        return new WatchedRehearsal(result, Optional.of(new Throughput(before, during, meter.take(0))));
    }

    private static void sleep(long nanos, CancelToken cancel) {
        long until = System.nanoTime() + nanos;
        try {
            for (long left = nanos; left > 0 && !cancel.isCancelled(); left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)));
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
