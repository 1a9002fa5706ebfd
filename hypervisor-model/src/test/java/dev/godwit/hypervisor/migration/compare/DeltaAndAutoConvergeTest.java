package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.MemoryKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Delta compression and auto-converge on recorded runs, beside plain pre-copy and hints. */
class DeltaAndAutoConvergeTest {
    private static final int PAGE = SyntheticTrace.PAGE;

    /** As sampled in an H2 database under load, word by word: Eden 3464 bytes of 4096, old 1280, native 238. */
    private static SyntheticTrace sampled(SyntheticTrace trace) {
        return trace.sample(new ContentSample(0, MemoryKind.EDEN, 1000, 0, 1000, 3_464_000, 2_158_592, 1_392_640))
                .sample(new ContentSample(0, MemoryKind.SURVIVOR, 1000, 0, 1000, 2_737_000, 2_158_592, 1_392_640))
                .sample(new ContentSample(0, MemoryKind.OLD, 31, 0, 31, 39_680, 66_916, 43_172))
                .sample(new ContentSample(0, MemoryKind.NATIVE, 1000, 0, 1000, 238_000, 2_158_592, 1_392_640));
    }

    private static MigrationResult migrate(RecordedRun run, ComparisonOptions options, String technique) {
        Comparison comparison =
                Comparison.run(run, options, List.of(Technique.named(technique).orElseThrow()));
        assertThat(comparison.verified())
                .as(comparison.results().get(0).verification().text())
                .isTrue();
        return comparison.results().get(0);
    }

    /**
     * What was measured with QEMU: 2 GiB, an Eden of about 1 GiB that is filled every second or two, 1 Gbit/s. Plain
     * pre-copy and XBZRLE never end; auto-converge is at 70 % after thirteen rounds, with all of Eden dirty each time.
     */
    @Test
    void neitherDeltaNorAutoConvergeSavesAGuestThatRewritesItsEdenFasterThanItIsSent() {
        RecordedRun run = sampled(new SyntheticTrace(1)
                        .eden(32_768, 26_000)
                        .survivors(2_048, 512, 8)
                        .old(16_384, 8_192, 64)
                        .intervals(60, 250 * SyntheticTrace.MS))
                .record();
        ComparisonOptions options =
                ComparisonOptions.defaults().withMemoryBytes(512L << 20).withBandwidthBytesPerSecond(31_250_000);
        ComparisonOptions asObserved = options.withMaxRounds(13);

        MigrationResult plain = migrate(run, asObserved, "pre-copy");
        MigrationResult delta = migrate(run, asObserved, "pre-copy+delta");
        MigrationResult slowed = migrate(run, asObserved, "pre-copy+auto-converge");
        MigrationResult hinted = migrate(run, asObserved, "pre-copy+hints+delta");

        assertThat(List.of(plain, delta, slowed))
                .allMatch(result -> result.status() == MigrationStatus.CANCELLED)
                .allMatch(result -> result.reason().startsWith("did not converge"));
        assertThat(delta.statistics().encoding().orElseThrow().delta().cacheMissRate())
                .as("the default cache is far below the working set")
                .isGreaterThan(0.5);
        assertThat(slowed.statistics().cpuThrottlePercent()).isBetween(60, 80);
        long edenBytes = 32_768L * PAGE;
        assertThat(slowed.statistics().rounds().get(12).dirtiedPages() * PAGE)
                .as("slowed to a third, it still rewrites most of Eden in a round")
                .isGreaterThan(edenBytes * 3 / 4);
        assertThat(hinted.status()).as(hinted.reason()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(hinted.statistics().transferredBytes())
                .isLessThan(plain.statistics().transferredBytes() / 5);
    }

    @Test
    void hintsWithEncodersSendLessThanHintsAloneAndSayWhatTheyPicked() {
        RecordedRun run = sampled(new SyntheticTrace(1)).record();
        ComparisonOptions options =
                ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(25_000_000);

        MigrationResult hinted = migrate(run, options, "pre-copy+hints");
        MigrationResult encoded = migrate(run, options, "pre-copy+hints+delta");

        assertThat(encoded.status()).as(encoded.reason()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(encoded.statistics().transferredBytes())
                .isLessThan(hinted.statistics().transferredBytes());
        assertThat(hinted.statistics().encoding()).isEmpty();
        EncodingReport report = encoded.statistics().encoding().orElseThrow();
        assertThat(report.cpuNanos()).isPositive();
        assertThat(report.kinds())
                .filteredOn(kind -> kind.kind() == MemoryKind.OLD)
                .singleElement()
                .satisfies(kind -> {
                    assertThat(kind.first()).isEqualTo(Encoding.ZSTD);
                    assertThat(kind.again()).isEqualTo(Encoding.DELTA);
                });
        assertThat(encoded.statistics().notices())
                .anyMatch(notice -> notice.contains("no sample") && notice.contains("kernel, page-cache"));
    }

    @Test
    void onAFastLinkNothingIsCompressedThatWouldMakeTheProcessorTheBottleneck() {
        RecordedRun run = sampled(new SyntheticTrace(1)).record();
        ComparisonOptions options =
                ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(1_250_000_000);

        MigrationResult encoded = migrate(run, options, "pre-copy+hints+delta");
        MigrationResult hinted = migrate(run, options, "pre-copy+hints");

        assertThat(encoded.statistics().encoding().orElseThrow().kinds())
                .allMatch(kind -> kind.first() == Encoding.RAW);
        assertThat(encoded.statistics().totalNanos())
                .isLessThanOrEqualTo(hinted.statistics().totalNanos() * 101 / 100);
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        RecordedRun run = sampled(new SyntheticTrace(3)).record();
        ComparisonOptions options =
                ComparisonOptions.defaults().withMemoryBytes(256L << 20).withMaxRounds(6);
        for (Technique technique : Technique.ALL) {
            MigrationResult one = migrate(run, options, technique.label());
            MigrationResult other = migrate(run, options, technique.label());
            assertThat(one.statistics().transferredBytes())
                    .isEqualTo(other.statistics().transferredBytes());
            assertThat(one.statistics().encoding()).isEqualTo(other.statistics().encoding());
        }
    }
}
