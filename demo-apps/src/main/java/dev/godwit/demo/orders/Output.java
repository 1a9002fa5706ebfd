package dev.godwit.demo.orders;

import java.io.PrintStream;
import java.util.Locale;

/** What a run prints: for people, or one JSON object a line. */
final class Output {
    private final PrintStream out;
    private final boolean json;

    Output(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    void loaded(OrdersOptions options, long nanos) {
        if (json) {
            print(
                    "{\"event\":\"loaded\",\"warehouses\":%d,\"items\":%d,\"clients\":%d,\"load-ms\":%.1f}",
                    options.warehouses(), options.items(), options.clients(), nanos / 1e6);
        } else {
            print(
                    "orders: %d warehouses, %d items loaded in %.1f s; %d clients start",
                    options.warehouses(), options.items(), nanos / 1e9, options.clients());
        }
    }

    void tick(int second, double operationsPerSecond, long pauseNanos) {
        String form = json
                ? "{\"event\":\"tick\",\"second\":%d,\"ops-per-second\":%.1f,\"longest-pause-ms\":%.1f}"
                : "tick %4d s %8.0f ops/s   longest pause %7.1f ms";
        print(form, second, operationsPerSecond, pauseNanos / 1e6);
    }

    void violation(String line) {
        if (json) {
            print(
                    "{\"event\":\"violation\",\"text\":\"%s\"}",
                    line.replace("\\", "\\\\").replace("\"", "\\\""));
        } else {
            print("%s", line);
        }
    }

    void summary(Orders.Result result) {
        Client.Tally tally = result.tally();
        String form = json
                ? "{\"event\":\"summary\",\"ops\":%d,\"ops-per-second\":%.1f,\"longest-pause-ms\":%.1f,\"orders\":%d,"
                        + "\"refused-orders\":%d,\"payments\":%d,\"retries\":%d,\"sent-bytes\":%d,\"settlements\":%d,\"consistent\":%b}"
                : "orders: %d ops, %.1f ops/s, longest pause %.1f ms (%d orders, %d refused, %d payments, %d retries,"
                        + " %d bytes sent, %d settlements, consistent: %b)";
        print(
                form,
                result.operations(),
                result.operationsPerSecond(),
                result.longestPauseNanos() / 1e6,
                tally.orders(),
                tally.refusedOrders(),
                tally.payments(),
                tally.retries(),
                tally.sentBytes(),
                result.settlements(),
                result.violations().isEmpty());
    }

    private void print(String form, Object... values) {
        out.println(String.format(Locale.ROOT, form, values));
        out.flush();
    }
}
