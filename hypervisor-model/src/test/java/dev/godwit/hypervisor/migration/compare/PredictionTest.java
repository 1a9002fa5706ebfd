package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.page.Compression;
import org.junit.jupiter.api.Test;

class PredictionTest {
    private static final long MS = SyntheticTrace.MS;

    private final RecordedRun run = new SyntheticTrace(3).record();

    @Test
    void whatARehearsalSpentOnSettingUpAndOnReadingItsLogIsGivenToItsReplay() {
        Prediction free = Prediction.of(run, measured(0, 0, 0));
        Prediction given = Prediction.of(run, measured(200 * MS, 120 * MS, 3));

        assertThat(free.status()).isEqualTo(MigrationStatus.COMPLETED.label());
        long readings = given.statistics().dirtySyncs() + 1;
        assertThat(given.statistics().setupNanos()).isEqualTo(200 * MS);
        // Three readings and the beginning took 120 ms.
        assertThat(given.statistics().dirtyLogNanos()).isEqualTo(readings * 30 * MS);
        long linkNanos = given.statistics().transferredBytes() * 8;
        assertThat(given.statistics().totalNanos())
                .isBetween(linkNanos + (200 + readings * 30) * MS, linkNanos + (215 + readings * 30) * MS);
    }

    @Test
    void timesThatNoRehearsalCanHaveAreRefused() {
        assertThatThrownBy(() -> measured(60_000 * MS, 0, 0)).hasMessageContaining("setup time");
        assertThatThrownBy(() -> measured(0, -1, 0)).hasMessageContaining("dirty log");
    }

    private static MeasuredRehearsal measured(long setupNanos, long logNanos, long logReadings) {
        return new MeasuredRehearsal(
                "pre-copy",
                false,
                Compression.NONE,
                1 << 20,
                125_000_000,
                0,
                300 * MS,
                10,
                "completed",
                5_000 * MS,
                100 * MS,
                50_000_000,
                60_000_000,
                3,
                setupNanos,
                logNanos,
                logReadings);
    }
}
