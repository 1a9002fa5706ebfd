package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.rehearse.DeclaredPages;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.SeriesOfStarts;
import dev.godwit.hypervisor.stream.PageCounts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartsReportTest {
    private static final long MS = 1_000_000;
    private static final SeriesOfStarts SAFE = new SeriesOfStarts(
            PausePolicy.safe(500 * MS),
            List.of(
                    result(MigrationStatus.COMPLETED, 40, false, 0, 100),
                    result(MigrationStatus.COMPLETED, 500, true, 1, 80),
                    result(MigrationStatus.COMPLETED, 500, true, 0, 60),
                    result(MigrationStatus.CANCELLED, 900, false, 0, 0)));
    private static final SeriesOfStarts NOW =
            new SeriesOfStarts(PausePolicy.AT_ONCE, List.of(result(MigrationStatus.COMPLETED, 0, false, 2, 90)));

    @Test
    void aHitCountsOnceAndOneThatPatienceForcedIsSaidToBe() {
        assertThat(SAFE.hits()).isEqualTo(1);
        assertThat(SAFE.forcedHits()).isEqualTo(1);
        assertThat(NOW.hits()).isEqualTo(1);
        assertThat(NOW.forcedHits()).isZero();
        assertThat(SAFE.label()).isEqualTo("safe within 0.5 s");
        assertThat(NOW.label()).isEqualTo("now");
    }

    @Test
    void eachSeriesIsARowAndWhatDidNotCompleteIsSaidBelow() {
        String text = StartsReport.text("settlement", "10Gbit", List.of(NOW, SAFE), 7, 1500 * MS);

        assertThat(text.lines().toList())
                .anySatisfy(
                        line -> assertThat(line).contains("settlement, link of 10Gbit, seed 7", "1,500 ms (measured)"))
                .anySatisfy(line -> assertThat(line.split("  +"))
                        .containsExactly("now", "1", "1", "1", "0", "0 ms", "0 ms", "90 ms", "90 ms", "yes"))
                .anySatisfy(line -> assertThat(line.split("  +"))
                        .containsExactly(
                                "safe within 0.5 s", "4", "3", "1", "1", "500 ms", "500 ms", "80 ms", "100 ms", "yes"))
                .contains("now: 1 of 1 pauses hit a critical section.")
                .contains("safe within 0.5 s: 1 of 3 pauses hit a critical section, 1 of them because patience had"
                        + " ended; half of them waited for 500 ms or less, less than the longest section; 1 did not"
                        + " complete.");
        assertThat(StartsReport.json("settlement", "10Gbit", List.of(NOW, SAFE), 7, 1500 * MS))
                .contains("\"measured\" : true", "\"forced-hits\" : 1")
                .contains("\"status\" : \"cancelled\"");
    }

    private static RehearsalResult result(
            MigrationStatus status, long waitedMillis, boolean forced, int hit, long downtimeMillis) {
        MigrationStatistics statistics = new MigrationStatistics();
        statistics.setDowntimeNanos(downtimeMillis * MS);
        if (waitedMillis > 0) {
            statistics.moments().paused(new Moments.Choice(waitedMillis * MS, forced, "because", ""));
        }
        statistics.moments().stoppedAt(GuestMoment.SILENT.withOpenSections(hit));
        MigrationResult migration = new MigrationResult(
                "pre-copy",
                true,
                status,
                "reason",
                4096,
                4096,
                1,
                statistics,
                List.of(),
                new MigrationResult.Verification(status == MigrationStatus.COMPLETED, ""));
        return new RehearsalResult(
                null,
                migration,
                new PageCounts(),
                0,
                0,
                0,
                0,
                0,
                true,
                0,
                Optional.empty(),
                DeclaredPages.NONE,
                Optional.empty());
    }
}
