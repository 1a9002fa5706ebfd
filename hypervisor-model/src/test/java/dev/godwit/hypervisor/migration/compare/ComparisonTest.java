package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final ComparisonOptions OPTIONS =
            ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(25_000_000);

    @Test
    void hintsLetAMigrationConvergeThatDoesNotWithout() {
        Comparison comparison = Comparison.run(new SyntheticTrace(1).record(), OPTIONS, ProgressListener.NONE);

        assertThat(comparison.results().get(0).status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(comparison.results().get(1).status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(comparison.verified()).isTrue();
    }
}
