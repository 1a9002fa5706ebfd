package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.hypervisor.report.ModelErrorsReport.Attempt;
import dev.godwit.hypervisor.report.ModelErrorsReport.Setting;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelErrorsReportTest {
    private static final Setting PRE_COPY = new Setting("orders", "10Gbit", RehearsedTechnique.PRE_COPY, true);
    private static final Setting HYBRID = new Setting("orders", "10Gbit", RehearsedTechnique.HYBRID, false);
    private static final Pair RIGHT = new Pair(100, 100);

    private static Attempt attempt(Setting setting, double seconds, double mebibytes) {
        return new Attempt(
                setting,
                Optional.of(new Case(
                        setting.program(),
                        setting.technique(),
                        1_250_000_000,
                        setting.hints(),
                        new Pair(seconds * 1000, 1000),
                        RIGHT,
                        RIGHT,
                        new Pair(mebibytes * (1 << 20), 1 << 20))));
    }

    @Test
    void whatRepeatedRehearsalsDifferByStandsBesideWhatTheModelIsWrongBy() {
        String text = ModelErrorsReport.text(
                List.of(attempt(PRE_COPY, 1.0, 1200), attempt(PRE_COPY, 1.25, 1500), attempt(PRE_COPY, 1.1, 1300)));

        assertThat(row(text, "orders"))
                .containsExactly(
                        "orders",
                        "10Gbit",
                        "pre-copy",
                        "on",
                        "3 of 3",
                        "1.00 - 1.25 s",
                        "25 %",
                        "1.00 - 1.25",
                        "1,200 - 1,500 MiB",
                        "25 %",
                        "1200 - 1500");
    }

    @Test
    void oneRehearsalIsNotHeldAgainstItself() {
        String text = ModelErrorsReport.text(List.of(attempt(PRE_COPY, 1.5, 2)));

        assertThat(row(text, "orders"))
                .containsExactly(
                        "orders", "10Gbit", "pre-copy", "on", "1 of 1", "1.50 s", "-", "1.50", "2 MiB", "-", "2.00");
    }

    @Test
    void whatWasNotCompletedIsCountedAndSaysNothing() {
        String text = ModelErrorsReport.text(List.of(
                attempt(PRE_COPY, 1, 1),
                new Attempt(HYBRID, Optional.empty()),
                new Attempt(PRE_COPY, Optional.empty())));

        assertThat(text.lines().filter(line -> line.startsWith("orders"))).hasSize(2);
        assertThat(row(text, "orders")).contains("1 of 2");
        assertThat(row(text, "hybrid")).containsExactly("hybrid", "0 of 1", "-", "-", "-", "-");
    }

    @Test
    void techniquesHaveARowEachOverAllTheirSettings() {
        Setting other = new Setting("shop", "1Gbit", RehearsedTechnique.HYBRID, true);
        String text = ModelErrorsReport.text(
                List.of(attempt(HYBRID, 2, 1), attempt(PRE_COPY, 1, 1), attempt(other, 4, 1), attempt(HYBRID, 3, 1)));

        assertThat(row(text, "hybrid"))
                .containsExactly(
                        "hybrid",
                        "3 of 3",
                        "3.00 (2.00 to 4.00)",
                        "1.00 (1.00 to 1.00)",
                        "1.00 (1.00 to 1.00)",
                        "1.00 (1.00 to 1.00)");
        assertThat(row(text, "pre-copy")).contains("1 of 1");
    }

    @Test
    void theMedianOfTwoIsBetweenThem() {
        String text = ModelErrorsReport.text(List.of(attempt(HYBRID, 1, 20), attempt(HYBRID, 2, 30)));

        assertThat(row(text, "hybrid")).contains("1.50 (1.00 to 2.00)", "25.0 (20.0 to 30.0)");
    }

    private static List<String> row(String text, String beginning) {
        String line = text.lines()
                .filter(each -> each.startsWith(beginning))
                .findFirst()
                .orElseThrow();
        return List.of(line.split(" {2,}", -1));
    }
}
