package dev.godwit.demo.shop;

import dev.godwit.demo.common.Arguments;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the run is asked to do.
 *
 * @param seconds how long customers come
 * @param clients connections that they share
 * @param rate requests per second of all together; zero: as many as they can
 * @param items products
 * @param port where the shop listens on the loopback interface; zero: any free one
 * @param seed of every random choice
 * @param json whether lines are JSON objects
 * @param countIn file in which the requests answered are counted; empty: none
 */
record ShopOptions(
        int seconds, int clients, int rate, int items, int port, long seed, boolean json, Optional<Path> countIn) {

    static final String USAGE = """
            Usage: java -jar shop.jar [options]
            A web shop on Jetty and H2, and customers who look at products and order them over HTTP. Each request is due at
            a time fixed beforehand, and its latency counts from there: one that had to wait for others is not forgiven.

              --seconds N   how long customers come (default 20)
              --clients N   connections that they share (default 8)
              --rate N      requests per second of all together (default 400)
              --saturate    as many requests as the connections can carry; latency counts from the sending then
              --items N     products (default 2000)
              --port N      where the shop listens on the loopback interface (default: any free port)
              --seed N      seed of every random choice (default 1)
              --json        one JSON object a line
              --count-in F  keep in file F how many requests were answered, as 8 bytes in the machine's order, so that who
                            measures from outside can read it at any moment
              --help        this text

            Exit code: 0 the books are right, 1 the run failed or they are not, 2 wrong usage.
            """;

    static ShopOptions defaults() {
        return new ShopOptions(20, 8, 400, 2_000, 0, 1, false, Optional.empty());
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException one line that names the argument and what is accepted
     */
    static ShopOptions parse(String... arguments) {
        ShopOptions options = defaults();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            options = switch (name) {
                case "--json" -> options.withJson(true);
                case "--saturate" -> options.withRate(0);
                case "--seconds", "--clients", "--rate", "--items", "--port", "--seed", "--count-in" -> {
                    if (++i == arguments.length) {
                        throw new IllegalArgumentException(name + " needs a value; see --help");
                    }
                    yield options.with(name, arguments[i]);
                }
                default -> throw new IllegalArgumentException("unknown option " + name + "; see --help");
            };
        }
        return options;
    }

    private ShopOptions with(String name, String value) {
        return switch (name) {
            case "--seconds" -> withSeconds(Arguments.number(name, value, 1, 86_400));
            case "--clients" -> withClients(Arguments.number(name, value, 1, 1_000));
            case "--rate" -> withRate(Arguments.number(name, value, 1, 1_000_000));
            case "--items" -> withItems(Arguments.number(name, value, 10, 1_000_000));
            case "--port" -> withPort(Arguments.number(name, value, 1, 65_535));
            case "--seed" -> withSeed(Arguments.seed(value));
            case "--count-in" -> withCountIn(Path.of(value));
            default -> throw new IllegalArgumentException("unknown option " + name + "; see --help");
        };
    }

    ShopOptions withSeconds(int value) {
        return new ShopOptions(value, clients, rate, items, port, seed, json, countIn);
    }

    ShopOptions withClients(int value) {
        return new ShopOptions(seconds, value, rate, items, port, seed, json, countIn);
    }

    ShopOptions withRate(int value) {
        return new ShopOptions(seconds, clients, value, items, port, seed, json, countIn);
    }

    ShopOptions withItems(int value) {
        return new ShopOptions(seconds, clients, rate, value, port, seed, json, countIn);
    }

    ShopOptions withPort(int value) {
        return new ShopOptions(seconds, clients, rate, items, value, seed, json, countIn);
    }

    ShopOptions withSeed(long value) {
        return new ShopOptions(seconds, clients, rate, items, port, value, json, countIn);
    }

    ShopOptions withJson(boolean value) {
        return new ShopOptions(seconds, clients, rate, items, port, seed, value, countIn);
    }

    ShopOptions withCountIn(Path value) {
        return new ShopOptions(seconds, clients, rate, items, port, seed, json, Optional.of(value));
    }
}
