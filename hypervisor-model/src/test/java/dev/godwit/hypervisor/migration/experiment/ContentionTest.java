package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentionTest {
    private final List<Row> rows =
            new Contention().run(1, ProgressListener.NONE).rows();

    @Test
    void besideAFreePcpuTheGuestLosesThePauseAlone() {
        for (Row row : List.of(rows.get(0), rows.get(4))) {
            assertThat(row.value("of it to the migration")).isZero();
            assertThat(row.value("guest lost")).isCloseTo(row.value("downtime"), within(0.3));
        }
    }

    @Test
    void onOnePcpuVmsLoseWhatTheMigrationUses() {
        for (Row row : rows) {
            double lost = row.value("of it to the migration") + row.value("other VMs lost to the migration");
            double used = 1000 * (row.value("source CPU") + row.value("destination CPU"));
            // The guest is paused at the end, and not there at the destination: then there may be nobody to lose
            // anything.
            assertThat(lost).as(row.label()).isLessThanOrEqualTo(used + 0.1);
            if (row.label().contains(" VM")) {
                assertThat(lost).as(row.label()).isCloseTo(used, within(0.05 * used));
            }
        }
    }

    @Test
    void aFastLinkWaitsForASharedPcpuAndASlowOneHardly() {
        assertThat(rows.get(1).value("total time")).isCloseTo(rows.get(0).value("total time"), within(0.5));
        assertThat(rows.subList(4, 8).stream()
                        .map(row -> row.value("total time"))
                        .toList())
                .isSorted();
        assertThat(rows.get(7).value("total time"))
                .isGreaterThan(3 * rows.get(4).value("total time"));
    }
}
