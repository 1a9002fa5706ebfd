package dev.godwit.hypervisor.advise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.guest.WritingProfile;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.report.AdviceReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdviserTest {
    private static final long MS = SyntheticTrace.MS;
    private static final int STARTS = 6;
    private static final ComparisonOptions OPTIONS =
            ComparisonOptions.defaults().withMemoryBytes(160L << 20).withBandwidthBytesPerSecond(25_000_000);
    private static final List<HeartbeatTimeout> TIMEOUTS =
            HeartbeatTimeout.parse(List.of("hasty | 1 | panics | -", "patient | 600000 | yawns | -"));
    private static final ModelErrors ERRORS = ModelErrorsFile.parse(List.of(
            "a | 1000 | on | 100 | 100 | 100 | 100 | 100 | 100 | 100 | 100",
            "b | 1000 | off | 300 | 100 | 100 | 100 | 100 | 100 | 90 | 100"));

    @Test
    void aServiceThatAllocatesFasterThanTheLinkIsAdvisedToUseHintsAndToldWhy() {
        RecordedRun run = trace().record();

        Advice advice = advise(run, OPTIONS);

        assertThat(advice.best().orElseThrow()).startsWith("pre-copy+hints");
        assertThat(advice.candidates().get(0).completed()).isZero();
        assertThat(advice.candidates()).allMatch(Outlook::verified);
        Outlook.Figures figures = advice.expected().orElseThrow().figures().orElseThrow();
        assertThat(figures.downtimeMillis().high()).isLessThanOrEqualTo(330);
        assertThat(figures.totalSeconds().low())
                .isPositive()
                .isLessThanOrEqualTo(figures.totalSeconds().high());
        assertThat(advice.reasons())
                .anyMatch(reason -> reason.matches("Of what would be sent again \\d+ % is Eden.*"))
                .anyMatch(reason -> reason.contains("would converge on this link with an Eden of"));
        assertThat(advice.timeouts())
                .extracting(Advice.Guarded::fires)
                .containsExactly(HeartbeatTimeout.Fires.YES, HeartbeatTimeout.Fires.NO);
        assertThat(advice.bandMadeOf())
                .contains("10th to the 90th percentile of 6 replays")
                .contains("2 rehearsals by pre-copy of a, b");
        assertThat(AdviceReport.text(advice))
                .startsWith("Technique: pre-copy+hints")
                .contains("Heartbeat timeouts that the stop fires:")
                .contains("yes   hasty")
                .doesNotContain("patient");
        assertThat(AdviceReport.json(advice))
                .isEqualTo(AdviceReport.json(advise(run, OPTIONS)))
                .contains("\"fires\" : \"yes\"");
    }

    @Test
    void anApplicationWithCriticalSectionsIsAdvisedToLetThePolicyChoose() {
        SyntheticTrace trace = trace();
        for (int i = 0; i < 10; i++) {
            trace.section("settlement", (100 + 400L * i) * MS, 250 * MS);
        }
        Advice advice = advise(trace.record(), OPTIONS.withBandwidthBytesPerSecond(125_000_000));

        assertThat(advice.moment().words()).startsWith("let the policy choose");
        assertThat(advice.moment().hitAtOnce()).isPositive();
        assertThat(advice.moment().hitWhenWaiting()).isZero();
        assertThat(advice.moment().criticalShare()).isBetween(0.5, 0.7);
        assertThat(advice.moment().waitMillis().orElseThrow().high()).isBetween(0.0, 400.0);
    }

    @Test
    void theSeriesOfRoundsAgreesWithWhatIsReplayed() {
        WritingProfile profile = WritingProfile.of(trace().record());
        RoundSeries series = new RoundSeries(profile, 160L << 20, 300_000_000, 30);

        assertThat(profile.edenBytes()).isEqualTo(4096L * SyntheticTrace.PAGE);
        assertThat(profile.allocationBytesPerSecond()).isBetween(50e6, 65e6);
        assertThat(series.converges(profile.edenBytes(), 25_000_000)).isFalse();
        assertThat(series.converges(profile.edenBytes(), 1_250_000_000)).isTrue();
        long eden = series.convergingEdenBytes(25_000_000).orElseThrow();
        assertThat(series.converges(eden, 25_000_000)).isTrue();
        assertThat(series.converges(2 * eden, 25_000_000)).isFalse();
    }

    private static SyntheticTrace trace() {
        return new SyntheticTrace(1).eden(4096, 1500).old(8192, 4096, 8).survivors(64, 32, 1);
    }

    private static Advice advise(RecordedRun run, ComparisonOptions options) {
        return Adviser.advise(run, options, STARTS, TIMEOUTS, ERRORS, ProgressListener.NONE, new CancelToken());
    }
}
