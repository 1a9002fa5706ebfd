package dev.godwit.demo.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private final OrdersOptions small = OrdersOptions.defaults()
            .withSeconds(2)
            .withWarehouses(2)
            .withItems(500)
            .withDaySeconds(1);

    @Test
    void aRunWithSettlementsLeavesTheBooksConsistent() throws Exception {
        Orders.Result result = Orders.trade(small, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(result.violations()).isEmpty();
        assertThat(result.settlements()).isPositive();
        assertThat(result.tally().orders()).isPositive();
        assertThat(result.tally().payments()).isPositive();
        assertThat(result.operations())
                .isEqualTo(result.tally().orders()
                        + result.tally().refusedOrders()
                        + result.tally().payments());
        assertThat(result.longestPauseNanos()).isPositive();
    }

    @Test
    void clientsThatContendForOneWarehouseStayConsistent() throws Exception {
        Orders.Result result = Orders.trade(
                small.withWarehouses(1).withClients(8), new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(result.violations()).isEmpty();
    }

    @Test
    void aRateIsNotExceeded() throws Exception {
        long before = System.nanoTime();
        Orders.Result result = Orders.trade(
                small.withRate(40).withSettlement(false), new PrintStream(out, true, StandardCharsets.UTF_8));
        double seconds = (System.nanoTime() - before) / 1e9;

        assertThat(result.operations()).isPositive().isLessThanOrEqualTo((long) (40 * seconds) + small.clients());
    }

    @Test
    void aTickIsPrintedEachSecondAndASummaryAtTheEnd() {
        assertThat(run("--seconds", "2", "--warehouses", "1", "--items", "200", "--no-settlement"))
                .isZero();
        assertThat(text(out).lines().filter(line -> line.startsWith("tick"))).hasSize(2);
        assertThat(text(out).lines().reduce("", (first, last) -> last))
                .contains("ops/s", "longest pause", "0 settlements", "consistent: true");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void withJsonEachLineIsAnObject() {
        assertThat(run("--seconds", "1", "--warehouses", "1", "--items", "200", "--json"))
                .isZero();
        assertThat(text(out).lines()).allMatch(line -> line.startsWith("{\"event\":\"") && line.endsWith("}"));
    }

    @Test
    void aDatabaseInADirectoryLeavesNoLogOfDerbyBehind(@TempDir Path folder) {
        Path database = folder.resolve("db");
        String[] arguments = {"--seconds", "1", "--warehouses", "1", "--items", "200", "--directory", "" + database};

        assertThat(run(arguments)).isZero();
        assertThat(database).isDirectory();
        assertThat(Path.of("derby.log")).doesNotExist();
        assertThat(Files.exists(folder.resolve("derby.log"))).isFalse();

        assertThat(run(arguments)).isEqualTo(1);
        assertThat(text(err)).contains("exists; name a directory that does not exist yet");
    }

    @Test
    void wrongUsageIsOneLineThatNamesTheValue() {
        assertThat(run("--seconds", "-3")).isEqualTo(2);
        assertThat(run("--clients", "many")).isEqualTo(2);
        assertThat(run("--fast")).isEqualTo(2);
        assertThat(run("--seed")).isEqualTo(2);
        assertThat(text(err).lines())
                .containsExactly(
                        "orders: --seconds is \"-3\"; give a whole number from 1 to 86400",
                        "orders: --clients is \"many\"; give a whole number from 1 to 1000",
                        "orders: unknown option --fast; see --help",
                        "orders: --seed needs a value; see --help");
    }

    @Test
    void optionsKeepWhatIsNotNamed() {
        OrdersOptions options = OrdersOptions.parse("--clients", "7", "--directory", "/somewhere", "--no-settlement");

        assertThat(options)
                .isEqualTo(OrdersOptions.defaults()
                        .withClients(7)
                        .withSettlement(false)
                        .withDirectory(Path.of("/somewhere")));
        assertThat(OrdersOptions.defaults().directory()).isEqualTo(Optional.empty());
    }

    private int run(String... arguments) {
        return Orders.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
