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
                        .containsSubsequence("2.5 s", "100 MiB", "41 ms", "56 ms", "25 %")
                        .doesNotContain("*"))
                .anySatisfy(line -> assertThat(line).contains("not verified", "25 %*"))
                .anySatisfy(line -> assertThat(line).contains("hybrid", "not begun"))
                .contains("orders, 1Gbit, hybrid, hints off: there is no such process");
        assertThat(table.json())
                .contains("\"failure\" : \"there is no such process\"")
                .contains("\"total-time\" : 2500");
    }

    private static byte[] result(String verified, String lossOf) {
        return RESULT.formatted(verified, lossOf).getBytes(StandardCharsets.UTF_8);
    }
}
