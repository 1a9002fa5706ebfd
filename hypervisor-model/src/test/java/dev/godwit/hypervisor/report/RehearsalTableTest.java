package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RehearsalTableTest {
    private static final String RESULT = """
            {"status": "completed", "total-time": 2500, "downtime": 41, "verified": %s,
             "ram": {"transferred": 104857600},
             "godwit": {"stalls": {"longest": 55.5}, "throughput": {"loss": 0.25, "loss-of": "%s"}}}
            """;

    @Test
    void eachRehearsalIsARowAndWhatCouldNotBeBegunIsSaidBelow() {
        RehearsalTable table = new RehearsalTable();
        table.add("orders", "1Gbit", "pre-copy", true, result("true", "steps"));
        table.add("orders", "1Gbit", "pre-copy", false, result("false", "processor-time"));
        table.add("orders", "1Gbit", "hybrid", false, "there is no such process");

        assertThat(table.size()).isEqualTo(3);
        assertThat(table.text().lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("orders   1Gbit  pre-copy   on     completed")
                        .containsSubsequence("yes", "2.5 s", "100 MiB", "41 ms", "56 ms", "25 %")
                        .doesNotContain("*"))
                .anySatisfy(line -> assertThat(line).containsSubsequence("completed", "no ", "25 %*"))
                .anySatisfy(line -> assertThat(line).contains("hybrid", "not begun"))
                .contains("orders, 1Gbit, hybrid, hints off: there is no such process");
        assertThat(table.json())
                .contains("\"failure\" : \"there is no such process\"")
                .contains("\"total-time\" : 2500");
    }

    @Test
    void pairsAreComparedByTheirMediansAndOnlyThoseThatAreWhole() {
        RehearsalTable table = new RehearsalTable();
        double[] off = {100, 100, 50, 100};
        double[] on = {90, 110, 60, 1000};
        for (int i = 0; i < off.length; i++) {
            String verified = i == 3 ? "false" : "true";
            boolean hintsFirst = i % 2 == 1;
            for (boolean hints : new boolean[] {hintsFirst, !hintsFirst}) {
                byte[] result = paired(hints ? on[i] : off[i], hints ? 1000 + i : 2000 + i, verified);
                table.add("orders", "1Gbit", "pre-copy", hints, result);
            }
        }
        table.add("orders", "1Gbit", "hybrid", false, paired(100, 1, "true"));
        table.add("orders", "1Gbit", "hybrid", true, "there is no such process");

        assertThat(table.text().lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("orders   1Gbit  pre-copy")
                        .containsSubsequence("3", "1.10", "0.90 to 1.20", "2.0 s", "1.0 s", "100 MiB", "41 ms"))
                .anySatisfy(line ->
                        assertThat(line).startsWith("orders   1Gbit  hybrid").matches(".*hybrid +0( +-)+"));
        assertThat(table.json())
                .containsSubsequence("\"rehearsals\" : [", "\"pairs\" : [", "\"pairs\" : 3", "\"of\" : \"steps\"")
                .containsSubsequence("\"median\" : 1.1", "\"lowest\" : 0.9", "\"highest\" : 1.2");
    }

    private static byte[] paired(double stepsPerSecond, long millis, String verified) {
        return """
                {"status": "completed", "total-time": %d, "downtime": 41, "verified": %s, "ram": {"transferred": 104857600},
                 "godwit": {"throughput": {"loss": 0.25, "loss-of": "steps", "during": {"steps-per-second": %s}}}}
                """.formatted(millis, verified, stepsPerSecond).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] result(String verified, String lossOf) {
        return RESULT.formatted(verified, lossOf).getBytes(StandardCharsets.UTF_8);
    }
}
