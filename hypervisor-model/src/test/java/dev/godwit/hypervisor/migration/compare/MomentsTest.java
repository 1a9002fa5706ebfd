package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.report.ComparisonReport;
import dev.godwit.trace.HintEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class MomentsTest {
    private static final long MS = SyntheticTrace.MS;
    private static final ComparisonOptions OPTIONS = ComparisonOptions.defaults()
            .withMemoryBytes(96L << 20)
            .withBandwidthBytesPerSecond(60_000_000)
            .withStartAtNanos(1000 * MS);

    /** Eight seconds; whoever does not look hits a section in every second moment. */
    private static SyntheticTrace trace() {
        SyntheticTrace trace =
                new SyntheticTrace(3).eden(1024, 400).old(4096, 2048, 40).intervals(80, 100 * MS);
        for (int i = 0; i < 20; i++) {
            trace.section("settlement", (250 + 400L * i) * MS, 200 * MS);
        }
        return trace;
    }

    @Test
    void everyTechniqueWithHintsPausesOutsideCriticalSections() {
        RecordedRun run = trace().record();
        for (long at = 500; at < 1500; at += 170) {
            ComparisonOptions options = OPTIONS.withStartAtNanos(at * MS).withStart(StartOptions.policy(5_000 * MS));

            Comparison comparison = Comparison.run(run, options, Technique.ALL);

            assertThat(comparison.verified()).isTrue();
            for (MigrationResult result : comparison.results()) {
                Moments moments = result.statistics().moments();
                if (result.hints() && result.status() == MigrationStatus.COMPLETED) {
                    assertThat(moments.hit().orElseThrow().sections())
                            .as(result.technique() + " from " + at)
                            .isZero();
                    assertThat(moments.start().orElseThrow().forced()).isFalse();
                    assertThat(moments.pause().orElseThrow().forced()).isFalse();
                    assertThat(moments.pause().orElseThrow().waitedNanos()).isLessThan(400 * MS);
                }
                assertThat(moments.start().isPresent()).isEqualTo(result.hints());
            }
        }
    }

    @Test
    void anApplicationThatIsCriticalForEverIsMigratedWhenPatienceIsOverAndTheHitIsReported() {
        RecordedRun run = new SyntheticTrace(3)
                .eden(1024, 400)
                .old(4096, 2048, 40)
                .intervals(80, 100 * MS)
                .hint(new HintEvent(500 * MS, HintEvent.Type.CRITICAL_OPEN, "for ever", "main", 0, 1))
                .record();
        ComparisonOptions options = OPTIONS.withStart(StartOptions.policy(700 * MS));

        Comparison comparison = Comparison.run(
                run,
                options,
                List.of(
                        Technique.named("pre-copy+hints").orElseThrow(),
                        Technique.named("post-copy+hints").orElseThrow()));

        for (MigrationResult result : comparison.results()) {
            Moments moments = result.statistics().moments();
            assertThat(result.status()).isEqualTo(MigrationStatus.COMPLETED);
            assertThat(moments.hit().orElseThrow().names()).containsExactly("for ever");
            assertThat(moments.pause().orElseThrow().forced()).isTrue();
            assertThat(moments.pause().orElseThrow().waitedNanos()).isBetween(700 * MS, 900 * MS);
        }
        assertThat(comparison
                        .results()
                        .get(1)
                        .statistics()
                        .moments()
                        .start()
                        .orElseThrow()
                        .forced())
                .isTrue();
        assertThat(comparison.verified()).isTrue();
        assertThat(ComparisonReport.explanation(comparison, true))
                .contains("by force when")
                .contains("inside a critical section (for ever)");
        assertThat(ComparisonReport.json(comparison))
                .contains("\"critical-sections\" : 1")
                .contains("\"forced\" : true")
                .isEqualTo(ComparisonReport.json(Comparison.run(
                        run,
                        options,
                        List.of(
                                Technique.named("pre-copy+hints").orElseThrow(),
                                Technique.named("post-copy+hints").orElseThrow()))));
    }

    @Test
    void atOnceHitsWhatIsOpenAndSaysSo() {
        Comparison comparison = Comparison.run(
                trace().record(),
                OPTIONS.withStartAtNanos(1100 * MS),
                List.of(Technique.named("post-copy").orElseThrow()));

        Moments moments = comparison.results().get(0).statistics().moments();
        assertThat(moments.hit().orElseThrow().names()).containsExactly("settlement");
        assertThat(moments.start()).isEmpty();
        assertThat(ComparisonReport.table(comparison)).contains("critical sections hit");
    }
}
