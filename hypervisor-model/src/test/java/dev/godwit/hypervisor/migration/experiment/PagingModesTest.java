package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagingModesTest {
    private final Findings findings = new PagingModes().run(1, ProgressListener.NONE);

    @Test
    void underNestedPagingTheGuestLosesNothing() {
        assertThat(rows("nested")).allSatisfy(row -> {
            assertThat(row.value("guest throughput")).isEqualTo(100);
            assertThat(row.value("guest time lost to faults")).isZero();
        });
    }

    @Test
    void underShadowPagingAGuestThatWritesMoreLosesMore() {
        List<Double> throughput = rows("shadow").stream()
                .map(row -> row.value("guest throughput"))
                .toList();
        assertThat(throughput).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        // A first write to a page costs 800 ns: of 150,000 pages a second it takes twelve hundredths at most.
        assertThat(throughput.get(2)).isBetween(87.0, 93.0);
    }

    @Test
    void theMigrationPaysForTheScanUnderNestedPaging() {
        for (int i = 0; i < 3; i++) {
            Row nested = rows("nested").get(i);
            Row shadow = rows("shadow").get(i);
            assertThat(nested.value("migration time in the log"))
                    .isGreaterThan(shadow.value("migration time in the log"));
            assertThat(nested.value("downtime")).isGreaterThan(0).isLessThan(60);
        }
    }

    private List<Row> rows(String paging) {
        return findings.rows().stream()
                .filter(row -> row.label().startsWith(paging))
                .toList();
    }
}
