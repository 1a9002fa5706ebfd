package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.DeviceStatistics;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.trace.MemoryKind;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final ComparisonOptions OPTIONS =
            ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(25_000_000);

    @Test
    void hintsLetAMigrationConvergeThatDoesNotWithout() {
        Comparison comparison =
                Comparison.run(new SyntheticTrace(1).record(), OPTIONS, Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS);
        MigrationResult plain = comparison.results().get(0);
        MigrationResult hinted = comparison.results().get(1);

        assertThat(comparison.verified()).isTrue();
        assertThat(plain.status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(plain.statistics().deferredPages()).isZero();
        assertThat(plain.statistics().collections()).isZero();
        assertThat(hinted.status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(hinted.statistics().downtimeNanos()).isLessThanOrEqualTo(300_000_000);
        assertThat(hinted.statistics().collections()).isEqualTo(1);
        assertThat(hinted.statistics().droppedPages()).isPositive();
        assertThat(hinted.statistics().deferredPages())
                .isGreaterThanOrEqualTo(hinted.statistics().droppedPages());
        assertThat(hinted.statistics().resentByKind().byKind()).doesNotContainKey(MemoryKind.EDEN);
        assertThat(hinted.statistics().appPauseNanos())
                .isGreaterThan(hinted.statistics().downtimeNanos());
    }

    @Test
    void theDiskIsWrittenAsThePageCacheWasDirtiedAndTheClientIsAnswered() {
        RecordedRun run = new SyntheticTrace(5).record();
        for (InFlightPolicy inFlight : InFlightPolicy.values()) {
            Comparison comparison = Comparison.run(
                    run, OPTIONS.withVirtualization(Virtualization.DEFAULT.withInFlight(inFlight)), Technique.ALL);
            for (MigrationResult result : comparison.results()) {
                String as = result.technique() + ", hints " + result.hints() + ", " + inFlight.label();
                DeviceStatistics devices = result.statistics().devices().orElseThrow();
                // Two hundred pages a second, as long as it took.
                assertThat((double) devices.diskRequests())
                        .as(as)
                        .isGreaterThan(0.1 * 200 * result.statistics().totalNanos() / 1e9);
                assertThat(devices.carriedOver()).as(as).isLessThanOrEqualTo(devices.inFlightAtPause());
                assertThat(devices.connectionLost()).as(as).isFalse();
                assertThat(devices.longestGapNanos()).as(as).isLessThan(60_000_000_000L);
            }
        }
    }

    @Test
    void whateverTheTraceTheDestinationIsTheSourceLessWhatWasProvenEmpty() {
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int eden = 64 + random.nextInt(3000);
            int old = 500 + random.nextInt(3000);
            int survivors = 1 + random.nextInt(200);
            SyntheticTrace trace = new SyntheticTrace(seed)
                    .eden(eden, 1 + random.nextInt(2 * eden))
                    .survivors(survivors + random.nextInt(100), survivors, random.nextInt(20))
                    .old(old, old / 2, random.nextInt(400))
                    .intervals(2 + random.nextInt(20), (20 + random.nextInt(200)) * SyntheticTrace.MS);
            if (random.nextInt(5) == 0) {
                trace.withoutLayouts();
            }
            if (random.nextInt(5) == 0) {
                trace.withoutMachine();
            }
            RecordedRun run = trace.record();
            ComparisonOptions options = OPTIONS.withMemoryBytes(128L << 20)
                    .withSeed(seed)
                    .withMaxRounds(8)
                    .withDowntimeLimitNanos((10L + random.nextInt(400)) * SyntheticTrace.MS)
                    .withBandwidthBytesPerSecond(5_000_000 + random.nextInt(200_000_000));

            Comparison comparison = Comparison.run(run, options, Technique.ALL);

            for (MigrationResult result : comparison.results()) {
                assertThat(result.verification().passed())
                        .as(
                                "seed %d, %s, hints %s: %s",
                                seed,
                                result.technique(),
                                result.hints(),
                                result.verification().text())
                        .isTrue();
            }
        }
    }

    @Test
    void withoutLayoutsHintsChangeNothingAndSaySo() {
        RecordedRun run = new SyntheticTrace(1).withoutLayouts().eden(4096, 200).record();
        Comparison comparison = Comparison.run(run, OPTIONS, Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS);
        MigrationResult plain = comparison.results().get(0);
        MigrationResult hinted = comparison.results().get(1);

        assertThat(comparison.verified()).isTrue();
        assertThat(hinted.status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(hinted.statistics().transferredBytes())
                .isEqualTo(plain.statistics().transferredBytes());
        assertThat(hinted.statistics().droppedPages()).isZero();
        assertThat(hinted.statistics().notices())
                .singleElement()
                .asString()
                .contains("no young collection before the pause");
    }

    @Test
    void aTokenCancelsEveryMigrationOfTheComparison() {
        CancelToken cancel = new CancelToken();
        ProgressListener cancels = new ProgressListener() {
            @Override
            public void roundEnded(RoundStatistics round) {
                cancel.cancel();
            }
        };

        Comparison comparison = Comparison.run(
                new SyntheticTrace(1).record(),
                OPTIONS,
                Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS,
                technique -> cancels,
                cancel);

        assertThat(comparison.results())
                .allMatch(result -> result.status() == MigrationStatus.CANCELLED)
                .allMatch(result -> result.reason().equals("cancelled by the operator"));
        assertThat(comparison.verified()).isTrue();
    }

    @Test
    void aLargeGuestIsComparedInPagesNotInObjects() {
        RecordedRun run = new SyntheticTrace(7)
                .eden(1_200_000, 130_000)
                .old(2_000_000, 1_500_000, 1000)
                .survivors(40_000, 5_000, 200)
                .intervals(40, 500 * SyntheticTrace.MS)
                .record();
        ComparisonOptions options =
                ComparisonOptions.defaults().withMemoryBytes(16L << 30).withMaxRounds(4);

        Comparison comparison = Comparison.run(run, options, Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS);

        assertThat(comparison.verified()).isTrue();
        assertThat(comparison.results().get(0).status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(comparison.results().get(1).status()).isEqualTo(MigrationStatus.COMPLETED);
        assertThat(comparison.results().get(1).totalBytes()).isEqualTo(16L << 30);
    }

    @Test
    void optionsOutOfRangeAreRefusedInOneLine() {
        assertThatThrownBy(() -> OPTIONS.withBandwidthBytesPerSecond(-1))
                .hasMessage("bandwidth -1 bytes/s: give one above zero");
        assertThatThrownBy(() -> OPTIONS.withMaxRounds(0)).hasMessage("cap of 0 rounds: give one of one or more");
        assertThatThrownBy(() -> OPTIONS.withStartAtNanos(-1)).hasMessageContaining("start at -1 ns");
    }
}
