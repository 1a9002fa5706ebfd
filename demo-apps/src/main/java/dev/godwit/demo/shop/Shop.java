package dev.godwit.demo.shop;

import dev.godwit.demo.common.HiccupMeter;
import dev.godwit.demo.common.Lines;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The program: opens the shop, lets customers come, prints a line a second, checks the books at the end. */
public final class Shop {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final ShopOptions options;
    private final Lines lines;
    private final HiccupMeter hiccups = new HiccupMeter();

    private Shop(ShopOptions options, PrintStream out) {
        this.options = options;
        this.lines = new Lines(out, options.json());
    }

    /** Runs and exits; see {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs the program and returns its exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        if (List.of(arguments).contains("--help")) {
            out.print(ShopOptions.USAGE);
            return OK;
        }
        ShopOptions options;
        try {
            options = ShopOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("shop: " + e.getMessage());
            return WRONG_USAGE;
        }
        try {
            return trade(options, out).violations().isEmpty() ? OK : FAILED;
        } catch (SQLException | IOException | RuntimeException e) {
            err.println("shop: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            err.println("shop: interrupted");
            return FAILED;
        }
    }

    /** Opens the shop, trades and checks the books. */
    static Result trade(ShopOptions options, PrintStream out) throws SQLException, IOException, InterruptedException {
        return new Shop(options, out).trade();
    }

    private Result trade() throws SQLException, IOException, InterruptedException {
        long start = System.nanoTime();
        // Jetty has threads of its own: a connection to the database for each that can be at work.
        try (Store store = Store.open("shop", options.items(), options.clients() + 8, options.seed());
                ShopServer server = ShopServer.start(store, options.port())) {
            lines.print(
                    "{\"event\":\"opened\",\"items\":%d,\"clients\":%d,\"port\":%d,\"open-ms\":%.1f}",
                    "shop: %d items, %d connections, open on port %d in %.1f ms",
                    options.items(),
                    options.clients(),
                    server.address().getPort(),
                    (System.nanoTime() - start) / 1e6);
            Result result = serve(store, new Customers(server.address(), options));
            result.violations().forEach(lines::violation);
            summary(result);
            return result;
        }
    }

    private Result serve(Store store, Customers customers) throws SQLException, IOException, InterruptedException {
        Thread meter = new Thread(hiccups, "hiccup-meter");
        meter.setDaemon(true);
        meter.start();
        customers.warmUp();
        hiccups.takeLongestNanos();
        long start = System.nanoTime();
        customers.start();
        tickUntilTheEnd(customers, start);
        customers.stop();
        hiccups.stop();
        customers.takeLatencies();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (customers.failure().isPresent()) {
            Exception failure = customers.failure().get();
            throw new IOException("a request failed: " + failure.getMessage(), failure);
        }
        Customers.Tally tally = customers.tally();
        Customers.Tally all = tally.plus(customers.firstVisits());
        return new Result(
                customers.answered(),
                customers.answered() / seconds,
                hiccups.longestNanos(),
                customers.allLatencies(),
                tally,
                store.violations(all.purchases(), all.turnover()));
    }

    private void tickUntilTheEnd(Customers customers, long start) throws InterruptedException {
        long answeredBefore = 0;
        long before = start;
        for (int second = 1; second <= options.seconds() && customers.areComing(); second++) {
            TimeUnit.NANOSECONDS.sleep(start + TimeUnit.SECONDS.toNanos(second) - System.nanoTime());
            long now = System.nanoTime();
            long answered = customers.answered();
            Histogram latencies = customers.takeLatencies();
            lines.print(
                    "{\"event\":\"tick\",\"second\":%d,\"ops-per-second\":%.1f,\"longest-pause-ms\":%.1f,"
                            + "\"latency-median-ms\":%.2f,\"latency-99-percent-ms\":%.2f,\"latency-longest-ms\":%.2f}",
                    "tick %4d s %8.0f ops/s   longest pause %7.1f ms   latency: median %6.2f ms, 99 %% %7.2f ms,"
                            + " longest %7.2f ms",
                    second,
                    (answered - answeredBefore) * 1e9 / (now - before),
                    hiccups.takeLongestNanos() / 1e6,
                    latencies.getValueAtPercentile(50) / 1e6,
                    latencies.getValueAtPercentile(99) / 1e6,
                    latencies.getMaxValue() / 1e6);
            answeredBefore = answered;
            before = now;
        }
    }

    private void summary(Result result) {
        Customers.Tally tally = result.tally();
        Histogram latencies = result.latencies();
        lines.print(
                "{\"event\":\"summary\",\"ops\":%d,\"ops-per-second\":%.1f,\"longest-pause-ms\":%.1f,"
                        + "\"latency-median-ms\":%.2f,\"latency-99-percent-ms\":%.2f,\"latency-longest-ms\":%.2f,"
                        + "\"purchases\":%d,\"refused\":%d,\"views\":%d,\"received-bytes\":%d,\"consistent\":%b}",
                "shop: %d ops, %.1f ops/s, longest pause %.1f ms, latency: median %.2f ms, 99 %% %.2f ms, longest %.2f ms"
                        + " (%d purchases, %d refused, %d views, %d bytes received, consistent: %b)",
                result.operations(),
                result.operationsPerSecond(),
                result.longestPauseNanos() / 1e6,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                latencies.getMaxValue() / 1e6,
                tally.purchases(),
                tally.refused(),
                tally.views(),
                tally.receivedBytes(),
                result.violations().isEmpty());
    }

    /**
     * What a run came to.
     *
     * @param operations requests answered
     * @param operationsPerSecond over the time in which customers came
     * @param longestPauseNanos longest time in which the program stood still
     * @param latencies of all requests, from when each was due, in nanoseconds
     * @param tally what customers were told
     * @param violations what is not right in the books, empty when all is well
     */
    record Result(
            long operations,
            double operationsPerSecond,
            long longestPauseNanos,
            Histogram latencies,
            Customers.Tally tally,
            List<String> violations) {}
}
