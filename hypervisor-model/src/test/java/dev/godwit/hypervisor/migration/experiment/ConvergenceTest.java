package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvergenceTest {
    private final Findings findings = new Convergence().run(1, ProgressListener.NONE);

    @Test
    void roundsEndBelowTheLinksRateAndNeverFromItOn() {
        assertThat(converging()).allMatch(label -> !label.contains("100 %"));
        assertThat(converging())
                .contains("writes   0 % of the link", "writes  90 % of the link", "writes 125 %, 16 MiB only")
                .doesNotContain("writes 125 % of the link");
    }

    @Test
    void theyTakeWhatTheSeriesSays() {
        for (Row row : findings.rows()) {
            double predicted = row.value("predicted by the series");
            if (!Double.isNaN(predicted)) {
                // The series knows neither headers nor scans for dirty pages: at nine tenths each adds up over rounds.
                assertThat(row.value("total time")).as(row.label()).isCloseTo(predicted, within(0.04 * predicted));
            }
        }
    }

    @Test
    void aFasterWriterTakesMoreRounds() {
        List<Double> rounds = findings.rows().stream()
                .limit(5)
                .map(row -> row.value("rounds"))
                .toList();
        assertThat(rounds).isSorted().doesNotHaveDuplicates();
    }

    private List<String> converging() {
        return findings.rows().stream()
                .filter(row -> row.value("converges") == 1)
                .map(Row::label)
                .toList();
    }
}
