package dev.godwit.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void customersBuyAndTheBooksAreRight() throws Exception {
        ShopOptions options =
                ShopOptions.defaults().withSeconds(1).withItems(50).withRate(200);
        Shop.Result result = Shop.trade(options, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(result.violations()).isEmpty();
        assertThat(result.tally().purchases()).isPositive();
        assertThat(result.tally().turnover()).isPositive();
        assertThat(result.operations())
                .isEqualTo(result.tally().purchases()
                        + result.tally().refused()
                        + result.tally().views())
                .isEqualTo(result.latencies().getTotalCount());
        assertThat(result.tally().receivedBytes()).isPositive();
    }

    @Test
    void whatCustomersWereToldIsHeldAgainstTheBooks() throws Exception {
        try (Store store = Store.open("books", 10, 2, 1)) {
            Store.Purchase purchase =
                    store.order(7, new TreeMap<>(java.util.Map.of(3, 2, 5, 1))).orElseThrow();
            assertThat(store.order(7, new TreeMap<>(java.util.Map.of(3, 2, 11, 1))))
                    .isEmpty();

            assertThat(store.violations(1, purchase.total())).isEmpty();
            assertThat(store.violations(2, purchase.total().add(BigDecimal.ONE)))
                    .containsExactly(
                            "violated: purchases: 1, expected 2",
                            "violated: turnover: " + purchase.total() + ", expected "
                                    + purchase.total().add(BigDecimal.ONE));
        }
    }

    @Test
    void latencyCountsFromWhenARequestWasDue() throws Exception {
        // One connection cannot answer so many: the waiting of those that are due adds up.
        ShopOptions options = ShopOptions.defaults()
                .withSeconds(1)
                .withItems(50)
                .withClients(1)
                .withRate(100_000);
        Shop.Result result = Shop.trade(options, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(result.operations()).isLessThan(90_000);
        assertThat(result.latencies().getValueAtPercentile(50)).isGreaterThan(50_000_000);
    }

    @Test
    void aTickIsPrintedEachSecondAndASummaryAtTheEnd() {
        assertThat(run("--seconds", "1", "--items", "20", "--rate", "100")).isZero();
        List<String> lines = text(out).lines().toList();
        assertThat(lines).filteredOn(line -> line.startsWith("tick")).hasSize(1);
        assertThat(lines.get(lines.size() - 1)).contains("ops/s", "longest pause", "latency", "consistent: true");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void withJsonEachLineIsAnObject() {
        assertThat(run("--seconds", "1", "--items", "20", "--saturate", "--clients", "2", "--json"))
                .isZero();
        assertThat(text(out).lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("{\"event\":\"") && line.endsWith("}"));
    }

    @Test
    void theFileForTheCountHoldsTheRequestsAnswered(@TempDir Path directory) throws Exception {
        Path count = directory.resolve("count");
        ShopOptions options = ShopOptions.defaults()
                .withSeconds(1)
                .withItems(50)
                .withRate(100)
                .withCountIn(count);
        Shop.Result result = Shop.trade(options, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(result.operations()).isPositive();
        assertThat(ByteBuffer.wrap(Files.readAllBytes(count))
                        .order(ByteOrder.nativeOrder())
                        .getLong())
                .isEqualTo(result.operations());
    }

    @Test
    void wrongUsageIsOneLineThatNamesTheValue() {
        assertThat(run("--rate", "0")).isEqualTo(2);
        assertThat(run("--items", "few")).isEqualTo(2);
        assertThat(run("--fast")).isEqualTo(2);
        assertThat(run("--seed")).isEqualTo(2);
        assertThat(text(err).lines())
                .containsExactly(
                        "shop: --rate is \"0\"; give a whole number from 1 to 1000000",
                        "shop: --items is \"few\"; give a whole number from 10 to 1000000",
                        "shop: unknown option --fast; see --help",
                        "shop: --seed needs a value; see --help");
    }

    private int run(String... arguments) {
        return Shop.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
