package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.ProgressListener;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private final Findings findings = new Announcement().run(1, ProgressListener.NONE);

    @Test
    void anAnnouncedVmIsReachedAtTheClientsNextAttemptAndOneThatIsNotAfterItsOwnFirstFrame() {
        for (int technique = 0; technique < 2; technique++) {
            double downtime = value(technique, "downtime");
            assertThat(value(technique, "longest gap")).isBetween(downtime, 2 * downtime + 450);
            assertThat(value(technique + 2, "longest gap")).isGreaterThan(10_000);
        }
    }

    @Test
    void noConnectionIsLostAndNothingServedTwice() {
        assertThat(findings.rows()).hasSize(4).allSatisfy(row -> {
            assertThat(row.value("connection lost")).isZero();
            assertThat(row.value("requests lost")).isZero();
        });
    }

    private double value(int row, String figure) {
        return findings.rows().get(row).value(figure);
    }
}
