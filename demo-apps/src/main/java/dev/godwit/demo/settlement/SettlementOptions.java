package dev.godwit.demo.settlement;

import dev.godwit.demo.common.Arguments;

/**
 * What the run is asked to do.
 *
 * @param seconds how long it runs
 * @param batchMillis how long a batch settles
 * @param gapMillis how long it is quiet between two batches
 * @param accounts accounts of the ledger
 * @param hitMillis a pause of at least this length within a batch counts as a hit
 * @param seed of every random choice
 * @param json whether lines are JSON objects
 */
record SettlementOptions(
        int seconds, int batchMillis, int gapMillis, int accounts, int hitMillis, long seed, boolean json) {

    static final String USAGE = """
            Usage: java -jar settlement.jar [options]
            A clearing house: batches that must not be interrupted, and quiet gaps between them, both told by hints.

              --seconds N   how long it runs (default 20)
              --batch MS    how long a batch settles (default 1500)
              --gap MS      how long it is quiet between two batches (default 2500)
              --accounts N  accounts of the ledger (default 200000)
              --hit MS      a pause of at least this length within a batch counts as a hit (default 50)
              --seed N      seed of every random choice (default 1)
              --json        one JSON object a line
              --help        this text

            Exit code: 0 the ledger adds up, 1 the run failed or it does not, 2 wrong usage.
            """;

    static SettlementOptions defaults() {
        return new SettlementOptions(20, 1_500, 2_500, 200_000, 50, 1, false);
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException one line that names the argument and what is accepted
     */
    static SettlementOptions parse(String... arguments) {
        SettlementOptions options = defaults();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            options = switch (name) {
                case "--json" -> options.withJson(true);
                case "--seconds", "--batch", "--gap", "--accounts", "--hit", "--seed" -> {
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

    private SettlementOptions with(String name, String value) {
        return switch (name) {
            case "--seconds" -> withSeconds(Arguments.number(name, value, 1, 86_400));
            case "--batch" -> withBatchMillis(Arguments.number(name, value, 1, 3_600_000));
            case "--gap" -> withGapMillis(Arguments.number(name, value, 1, 3_600_000));
            case "--accounts" -> withAccounts(Arguments.number(name, value, 2, 10_000_000));
            case "--hit" -> withHitMillis(Arguments.number(name, value, 1, 3_600_000));
            case "--seed" -> withSeed(Arguments.seed(value));
            default -> throw new IllegalArgumentException("unknown option " + name + "; see --help");
        };
    }

    SettlementOptions withSeconds(int value) {
        return new SettlementOptions(value, batchMillis, gapMillis, accounts, hitMillis, seed, json);
    }

    SettlementOptions withBatchMillis(int value) {
        return new SettlementOptions(seconds, value, gapMillis, accounts, hitMillis, seed, json);
    }

    SettlementOptions withGapMillis(int value) {
        return new SettlementOptions(seconds, batchMillis, value, accounts, hitMillis, seed, json);
    }

    SettlementOptions withAccounts(int value) {
        return new SettlementOptions(seconds, batchMillis, gapMillis, value, hitMillis, seed, json);
    }

    SettlementOptions withHitMillis(int value) {
        return new SettlementOptions(seconds, batchMillis, gapMillis, accounts, value, seed, json);
    }

    SettlementOptions withSeed(long value) {
        return new SettlementOptions(seconds, batchMillis, gapMillis, accounts, hitMillis, value, json);
    }

    SettlementOptions withJson(boolean value) {
        return new SettlementOptions(seconds, batchMillis, gapMillis, accounts, hitMillis, seed, value);
    }
}
