package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.hypervisor.report.ModelErrorsReport.Setting;
import dev.godwit.hypervisor.report.PredictionReport;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ComparedRehearsalTest {
    private static final long MILLI = 1_000_000;
    private static final Setting SETTING = new Setting("p", "1Gbit", RehearsedTechnique.POST_COPY, true);

    /** A stop of 400 ms: 130 ms for collecting, 120 ms for the safety copy, 100 ms for the survey, 50 ms for the rest. */
    private static byte[] json(double downtimeMillis) {
        return """
            {"technique": "post-copy", "hints": true, "status": "completed", "ram": {"transferred": 3000, "total": 9000},
             "godwit": {"measured": true, "compress": "none", "delta-cache-bytes": 67108864, "max-rounds": 10,
              "bandwidth-bytes-per-second": 125000000, "latency": 0, "downtime-limit": 1000, "total-time": 2000,
              "downtime": %s, "app-pause": 400, "ahead": {"safety-copy-pause": 120, "survey-pause": 100}}}
            """.formatted(downtimeMillis).getBytes(StandardCharsets.UTF_8);
    }

    private static Case held(double downtimeMillis, MigrationStatistics replay) {
        byte[] json = json(downtimeMillis);
        return ComparedRehearsal.held(
                SETTING, json, new Prediction(PredictionReport.measured(json), "completed", "", 9000, replay));
    }

    private static MigrationStatistics replay() {
        MigrationStatistics statistics = new MigrationStatistics();
        statistics.setTotalNanos(1000 * MILLI);
        statistics.setDowntimeNanos(110 * MILLI);
        statistics.addAppPauseNanos(190 * MILLI);
        statistics.sentPage(0, 2000, false, false);
        return statistics;
    }

    @Test
    void whatOnlyARehearsalDoesWhileTheProgramStandsIsNoErrorOfTheModel() {
        Case held = held(150, replay());

        assertThat(held.downtimeMillis()).isEqualTo(new Pair(50, 10));
        assertThat(held.stoppedMillis()).isEqualTo(new Pair(180, 90));
        assertThat(held.totalMillis().ratio()).isCloseTo(2, within(1e-9));
        assertThat(held.sentBytes().ratio()).isCloseTo(1.5, within(1e-9));
        assertThat(held.technique()).isEqualTo(RehearsedTechnique.POST_COPY);
        assertThat(held.bandwidthBytesPerSecond()).isEqualTo(125_000_000);
    }

    @Test
    void aStopIsNoShorterThanTheDowntimeInIt() {
        MigrationStatistics replay = replay();
        replay.setDowntimeNanos(300 * MILLI);

        assertThat(held(390, replay).stoppedMillis()).isEqualTo(new Pair(290, 200));
    }

    @Test
    void aDowntimeThatWasNoneIsRefusedInOneLine() {
        assertThatThrownBy(() -> held(100, replay()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("measured 0.0");
    }
}
