package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.experiment.Findings.Row;
import org.junit.jupiter.api.Test;

class OfficeDayTest {
    private static final Findings FINDINGS = new OfficeDay().run(1, ProgressListener.NONE);

    /** Bila and others, EuroSys 2012: below a tenth of the network of full migration. */
    @Test
    void partialMigrationTakesLessThanATenthOfTheNetworkAndOfTheMemory() {
        Row partial = row("partial, the day");
        Row full = row("full, the day");

        assertThat(network(partial)).isLessThan(network(full) / 10);
        assertThat(partial.value("memory away")).isLessThan(full.value("memory away") / 10);
        assertThat(partial.value("time to come home")).isLessThan(full.value("time to come home") / 10);
    }

    @Test
    void fullMigrationCarriesAllOfMemoryBothWaysEachTime() {
        assertThat(network(row("full, the day"))).isBetween(6 * 4096.0, 6 * 4096.0 * 1.05);
        assertThat(row("full, lunch, away").value("memory away")).isEqualTo(4096);
    }

    @Test
    void whatComesHomeIsWrittenAndWhatWentOutWasTouched() {
        Row night = row("partial, night, away");
        Row lunch = row("partial, lunch, away");

        // 576,000 touches, one in twenty of them anywhere in 256 MiB, the others in 16 MiB; a third are writes.
        assertThat(night.value("memory away")).isBetween(80.0, 110.0);
        assertThat(night.value("network out")).isBetween(80.0, 110.0);
        assertThat(night.value("network home")).isBetween(30.0, 60.0);
        assertThat(lunch.value("memory away")).isBetween(20.0, 40.0);
    }

    private static double network(Row row) {
        return row.value("network out") + row.value("network home");
    }

    private Row row(String label) {
        return FINDINGS.rows().stream()
                .filter(row -> row.label().equals(label))
                .findFirst()
                .orElseThrow();
    }
}
