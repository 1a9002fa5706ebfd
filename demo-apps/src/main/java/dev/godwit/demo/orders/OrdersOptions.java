package dev.godwit.demo.orders;

import dev.godwit.demo.common.Arguments;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the run is asked to do.
 *
 * @param seconds how long the clients run
 * @param clients client threads
 * @param warehouses warehouses, ten districts each
 * @param items products of the catalogue; each warehouse stocks all of them
 * @param daySeconds length of a business day: the settlement follows each
 * @param seed of every random choice
 * @param rate operations per second of all clients together; zero: as many as they can
 * @param settlement whether days end with a settlement
 * @param json whether lines are JSON objects
 * @param directory where the database lives; empty for memory
 */
record OrdersOptions(
        int seconds,
        int clients,
        int warehouses,
        int items,
        int daySeconds,
        long seed,
        int rate,
        boolean settlement,
        boolean json,
        Optional<Path> directory) {

    static final String USAGE = """
            Usage: java -jar orders.jar [options]
            An order-entry workload on embedded Apache Derby: new orders, payments, a settlement after each business day.

              --seconds N       how long the clients run (default 20)
              --clients N       client threads (default 4)
              --warehouses N    warehouses, ten districts each (default 4)
              --items N         products in the catalogue (default 10000)
              --day N           seconds of a business day; the settlement follows it (default 5)
              --rate N          operations per second of all clients together (default: as many as they can)
              --no-settlement   no settlement, the clients are never held
              --seed N          seed of every random choice (default 1)
              --directory DIR   keep the database in DIR, which must not exist (default: in memory)
              --json            one JSON object a line
              --help            this text

            Exit code: 0 all invariants hold, 1 the run failed or an invariant is violated, 2 wrong usage.
            """;

    static OrdersOptions defaults() {
        return new OrdersOptions(20, 4, 4, 10_000, 5, 1, 0, true, false, Optional.empty());
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException one line that names the argument and what is accepted
     */
    static OrdersOptions parse(String... arguments) {
        OrdersOptions options = defaults();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            options = switch (name) {
                case "--no-settlement" -> options.withSettlement(false);
                case "--json" -> options.withJson(true);
                default -> {
                    if (!takesValue(name)) {
                        throw new IllegalArgumentException("unknown option " + name + "; see --help");
                    }
                    if (++i == arguments.length) {
                        throw new IllegalArgumentException(name + " needs a value; see --help");
                    }
                    yield options.with(name, arguments[i]);
                }
            };
        }
        return options;
    }

    private static boolean takesValue(String name) {
        return switch (name) {
            case "--seconds", "--clients", "--warehouses", "--items", "--day", "--seed", "--rate", "--directory" ->
                true;
            default -> false;
        };
    }

    private OrdersOptions with(String name, String value) {
        return switch (name) {
            case "--seconds" -> withSeconds(Arguments.number(name, value, 1, 86_400));
            case "--clients" -> withClients(Arguments.number(name, value, 1, 1_000));
            case "--warehouses" -> withWarehouses(Arguments.number(name, value, 1, 1_000));
            case "--items" -> withItems(Arguments.number(name, value, 100, 100_000));
            case "--day" -> withDaySeconds(Arguments.number(name, value, 1, 86_400));
            case "--seed" -> withSeed(Arguments.seed(value));
            case "--rate" -> withRate(Arguments.number(name, value, 1, 1_000_000));
            case "--directory" -> withDirectory(Path.of(value));
            default -> throw new IllegalArgumentException("unknown option " + name + "; see --help");
        };
    }

    OrdersOptions withSeconds(int value) {
        return new OrdersOptions(
                value, clients, warehouses, items, daySeconds, seed, rate, settlement, json, directory);
    }

    OrdersOptions withClients(int value) {
        return new OrdersOptions(
                seconds, value, warehouses, items, daySeconds, seed, rate, settlement, json, directory);
    }

    OrdersOptions withWarehouses(int value) {
        return new OrdersOptions(seconds, clients, value, items, daySeconds, seed, rate, settlement, json, directory);
    }

    OrdersOptions withItems(int value) {
        return new OrdersOptions(
                seconds, clients, warehouses, value, daySeconds, seed, rate, settlement, json, directory);
    }

    OrdersOptions withDaySeconds(int value) {
        return new OrdersOptions(seconds, clients, warehouses, items, value, seed, rate, settlement, json, directory);
    }

    OrdersOptions withSeed(long value) {
        return new OrdersOptions(
                seconds, clients, warehouses, items, daySeconds, value, rate, settlement, json, directory);
    }

    OrdersOptions withRate(int value) {
        return new OrdersOptions(
                seconds, clients, warehouses, items, daySeconds, seed, value, settlement, json, directory);
    }

    OrdersOptions withSettlement(boolean value) {
        return new OrdersOptions(seconds, clients, warehouses, items, daySeconds, seed, rate, value, json, directory);
    }

    OrdersOptions withJson(boolean value) {
        return new OrdersOptions(
                seconds, clients, warehouses, items, daySeconds, seed, rate, settlement, value, directory);
    }

    OrdersOptions withDirectory(Path value) {
        return new OrdersOptions(
                seconds, clients, warehouses, items, daySeconds, seed, rate, settlement, json, Optional.of(value));
    }
}
