package dev.godwit.demo.settlement;

import dev.godwit.demo.common.HiccupMeter;
import dev.godwit.demo.common.Lines;
import dev.godwit.hint.MigrationHints;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program: settles batch after batch, prints a line a second, checks the ledger at the end. */
public final class Settlement {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    private static final int PAYMENTS_BETWEEN_LOOKS_AT_THE_CLOCK = 200;

    private final SettlementOptions options;
    private final Lines lines;
    private final HiccupMeter hiccups = new HiccupMeter();
    private final HiccupMeter hiccupsOfBatch = new HiccupMeter();
    private final Ledger ledger;
    private final long startNanos = System.nanoTime();

    private int batches;
    private int batchesHit;
    private long longestPauseOfBatchesNanos;
    private long nextTickNanos;
    private int ticks;
    private long settledBefore;
    private long tickBeforeNanos = startNanos;

    private Settlement(SettlementOptions options, PrintStream out) {
        this.options = options;
        this.lines = new Lines(out, options.json());
        this.ledger = new Ledger(options.accounts(), options.seed());
        this.nextTickNanos = startNanos + TimeUnit.SECONDS.toNanos(1);
    }

    /** Runs and exits; see {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs the program and returns its exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        if (List.of(arguments).contains("--help")) {
            out.print(SettlementOptions.USAGE);
            return OK;
        }
        SettlementOptions options;
        try {
            options = SettlementOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("settlement: " + e.getMessage());
            return WRONG_USAGE;
        }
        try {
            return settle(options, out).consistent() ? OK : FAILED;
        } catch (InterruptedException e) {
            err.println("settlement: interrupted");
            return FAILED;
        }
    }

    /** Settles until the time is over. */
    static Result settle(SettlementOptions options, PrintStream out) throws InterruptedException {
        return new Settlement(options, out).settle();
    }

    private Result settle() throws InterruptedException {
        lines.print(
                "{\"event\":\"opened\",\"accounts\":%d,\"batch-ms\":%d,\"gap-ms\":%d}",
                "settlement: %d accounts, batches of %d ms, gaps of %d ms",
                options.accounts(),
                options.batchMillis(),
                options.gapMillis());
        startMeter(hiccups);
        startMeter(hiccupsOfBatch);
        long endNanos = startNanos + TimeUnit.SECONDS.toNanos(options.seconds());
        while (System.nanoTime() < endNanos) {
            batch(endNanos);
            MigrationHints.safePoint("batch settled");
            gap(endNanos);
        }
        hiccups.stop();
        hiccupsOfBatch.stop();
        Result result = result();
        summary(result);
        return result;
    }

    private static void startMeter(HiccupMeter meter) {
        Thread thread = new Thread(meter, "hiccup-meter");
        thread.setDaemon(true);
        thread.start();
    }

    /** Cut off by the end of the run only. */
    @SuppressWarnings("try") // The section is there to be closed.
    private void batch(long endNanos) {
        long until = Math.min(endNanos, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.batchMillis()));
        hiccupsOfBatch.takeLongestNanos();
        try (var section = MigrationHints.critical("settlement batch")) {
            while (System.nanoTime() < until) {
                for (int i = 0; i < PAYMENTS_BETWEEN_LOOKS_AT_THE_CLOCK; i++) {
                    ledger.settle();
                }
                tickIfDue();
            }
        }
        batches++;
        long longest = hiccupsOfBatch.takeLongestNanos();
        longestPauseOfBatchesNanos = Math.max(longestPauseOfBatchesNanos, longest);
        if (longest >= TimeUnit.MILLISECONDS.toNanos(options.hitMillis())) {
            batchesHit++;
        }
    }

    private void gap(long endNanos) throws InterruptedException {
        long now = System.nanoTime();
        long until = Math.min(endNanos, now + TimeUnit.MILLISECONDS.toNanos(options.gapMillis()));
        if (until > now) {
            MigrationHints.quiet("until the next batch", Duration.ofNanos(until - now));
        }
        for (; now < until; now = System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.max(1, Math.min(until, nextTickNanos) - now));
            tickIfDue();
        }
    }

    private void tickIfDue() {
        long now = System.nanoTime();
        if (now < nextTickNanos || ticks == options.seconds()) {
            return;
        }
        ticks++;
        lines.print(
                "{\"event\":\"tick\",\"second\":%d,\"ops-per-second\":%.1f,\"longest-pause-ms\":%.1f,\"batches\":%d,"
                        + "\"batches-hit\":%d}",
                "tick %4d s %8.0f ops/s   longest pause %7.1f ms   %d batches, %d hit",
                ticks,
                (ledger.settled() - settledBefore) * 1e9 / (now - tickBeforeNanos),
                hiccups.takeLongestNanos() / 1e6,
                batches,
                batchesHit);
        settledBefore = ledger.settled();
        tickBeforeNanos = now;
        nextTickNanos += TimeUnit.SECONDS.toNanos(1);
    }

    private Result result() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new Result(
                ledger.settled(),
                ledger.settled() / seconds,
                hiccups.longestNanos(),
                batches,
                batchesHit,
                longestPauseOfBatchesNanos,
                ledger.addsUp());
    }

    private void summary(Result result) {
        lines.print(
                "{\"event\":\"summary\",\"ops\":%d,\"ops-per-second\":%.1f,\"longest-pause-ms\":%.1f,\"batches\":%d,"
                        + "\"batches-hit\":%d,\"longest-pause-in-a-batch-ms\":%.1f,\"consistent\":%b}",
                "settlement: %d ops, %.1f ops/s, longest pause %.1f ms (%d batches, %d hit by a pause, longest in a batch"
                        + " %.1f ms, consistent: %b)",
                result.operations(),
                result.operationsPerSecond(),
                result.longestPauseNanos() / 1e6,
                result.batches(),
                result.batchesHit(),
                result.longestPauseOfBatchesNanos() / 1e6,
                result.consistent());
    }

    /**
     * What a run came to.
     *
     * @param operations payments settled
     * @param operationsPerSecond over the whole run, gaps included
     * @param longestPauseNanos longest time in which the program stood still
     * @param batches batches settled, the last one perhaps cut off
     * @param batchesHit those in which the program stood still for too long
     * @param longestPauseOfBatchesNanos longest time in which it stood still within a batch
     * @param consistent whether the ledger adds up
     */
    record Result(
            long operations,
            double operationsPerSecond,
            long longestPauseNanos,
            int batches,
            int batchesHit,
            long longestPauseOfBatchesNanos,
            boolean consistent) {}
}
