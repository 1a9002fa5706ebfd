package dev.godwit.demo.orders;

import dev.godwit.demo.common.HiccupMeter;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program: loads the database, lets the clients trade, prints a line a second, checks the books at the end. */
public final class Orders {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private final OrdersOptions options;
    private final Output output;
    private final Shop shop = new Shop();
    private final HiccupMeter hiccups = new HiccupMeter();

    private Orders(OrdersOptions options, PrintStream out) {
        this.options = options;
        this.output = new Output(out, options.json());
    }

    /** Runs and exits; see {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs the program and returns its exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        if (List.of(arguments).contains("--help")) {
            out.print(OrdersOptions.USAGE);
            return OK;
        }
        OrdersOptions options;
        try {
            options = OrdersOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            err.println("orders: " + e.getMessage());
            return WRONG_USAGE;
        }
        try {
            return trade(options, out).violations().isEmpty() ? OK : FAILED;
        } catch (SQLException | RuntimeException e) {
            err.println("orders: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            err.println("orders: interrupted");
            return FAILED;
        }
    }

    /** Loads, trades and checks. */
    static Result trade(OrdersOptions options, PrintStream out) throws SQLException, InterruptedException {
        return new Orders(options, out).trade();
    }

    private Result trade() throws SQLException, InterruptedException {
        long loadStart = System.nanoTime();
        try (Database database = Database.create("orders", options.directory())) {
            Schema.create(database, options);
            // The database is then old, as in a service that has run for long, and not among the young for minutes.
            System.gc();
            output.loaded(options, System.nanoTime() - loadStart);
            Result result = run(database);
            result.violations().forEach(output::violation);
            output.summary(result);
            return result;
        }
    }

    private Result run(Database database) throws SQLException, InterruptedException {
        List<Client> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < options.clients(); number++) {
            clients.add(new Client(number, database, options, shop));
            threads.add(new Thread(clients.get(number), "client-" + number));
        }
        Settlement settlement = new Settlement(database, options, shop);
        if (options.settlement()) {
            threads.add(new Thread(settlement, "settlement"));
        }
        threads.add(new Thread(hiccups, "hiccup-meter"));
        long start = System.nanoTime();
        threads.forEach(Thread::start);
        tickUntilTheEnd(start);
        shop.stopTrading();
        hiccups.stop();
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long operations = shop.operations();
        failOnFailure();

        Client.Tally total = new Client.Tally();
        clients.forEach(client -> total.add(client.tally()));
        try (Connection connection = database.connect()) {
            List<String> violations = Consistency.violations(connection, total);
            connection.commit();
            return new Result(
                    operations, operations / seconds, hiccups.longestNanos(), settlement.days(), total, violations);
        }
    }

    private void tickUntilTheEnd(long start) throws InterruptedException {
        long operationsBefore = 0;
        long before = start;
        for (int second = 1; second <= options.seconds() && shop.isTrading(); second++) {
            long next = start + TimeUnit.SECONDS.toNanos(second);
            TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            long now = System.nanoTime();
            long operations = shop.operations();
            output.tick(second, (operations - operationsBefore) * 1e9 / (now - before), hiccups.takeLongestNanos());
            operationsBefore = operations;
            before = now;
        }
    }

    private void failOnFailure() throws SQLException {
        if (shop.failure().isPresent()) {
            throw new SQLException(
                    "a client failed: " + shop.failure().get().getMessage(),
                    shop.failure().get());
        }
    }

    /**
     * What a run came to.
     *
     * @param operations orders and payments, refused orders included
     * @param operationsPerSecond over the time in which clients ran
     * @param longestPauseNanos longest time in which the program stood still
     * @param settlements nights settled
     * @param tally what the clients were told was committed
     * @param violations invariants that do not hold, empty when all is well
     */
    record Result(
            long operations,
            double operationsPerSecond,
            long longestPauseNanos,
            int settlements,
            Client.Tally tally,
            List<String> violations) {}
}
