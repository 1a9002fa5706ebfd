package dev.godwit.demo.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlementTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void batchesAndGapsTakeTurnsAndTheLedgerAddsUp() throws Exception {
        SettlementOptions options = SettlementOptions.defaults()
                .withSeconds(1)
                .withBatchMillis(50)
                .withGapMillis(50)
                .withAccounts(100);
        Settlement.Result result = Settlement.settle(options, new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(result.consistent()).isTrue();
        assertThat(result.operations()).isPositive();
        assertThat(result.batches()).isBetween(2, 11);
        assertThat(result.batchesHit()).isBetween(0, result.batches());
    }

    @Test
    void aPauseIsAHitFromTheGivenLengthOn() {
        // No pause is an hour long.
        assertThat(run("--seconds", "1", "--batch", "100", "--gap", "100", "--accounts", "10", "--hit", "3600000"))
                .isZero();
        List<String> lines = text(out).lines().toList();
        assertThat(lines).filteredOn(line -> line.startsWith("tick")).hasSize(1);
        assertThat(lines.get(lines.size() - 1)).contains(" 0 hit by a pause", "consistent: true");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void withJsonEachLineIsAnObject() {
        assertThat(run("--seconds", "1", "--accounts", "10", "--json")).isZero();
        assertThat(text(out).lines()).allMatch(line -> line.startsWith("{\"event\":\"") && line.endsWith("}"));
    }

    @Test
    void wrongUsageIsOneLineThatNamesTheValue() {
        assertThat(run("--batch", "long")).isEqualTo(2);
        assertThat(run("--fast")).isEqualTo(2);
        assertThat(text(err).lines())
                .containsExactly(
                        "settlement: --batch is \"long\"; give a whole number from 1 to 3600000",
                        "settlement: unknown option --fast; see --help");
    }

    private int run(String... arguments) {
        return Settlement.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
