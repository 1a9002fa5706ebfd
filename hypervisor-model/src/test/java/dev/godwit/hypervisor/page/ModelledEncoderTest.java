package dev.godwit.hypervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.ContentSample;
import dev.godwit.trace.MemoryKind;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelledEncoderTest {
    private static final EncoderThroughput THROUGHPUT = new EncoderThroughput(
            16e9,
            new EncoderThroughput.Codec(4e9, 8e9),
            new EncoderThroughput.Codec(0.4e9, 1e9),
            new EncoderThroughput.Codec(0.3e9, 0.6e9));

    private static final int PAGE = 4096;
    private static final int OLD = MemoryKind.OLD.code();
    private static final int EDEN = MemoryKind.EDEN.code();
    private static final int KERNEL = MemoryKind.KERNEL.code();
    private static final List<ContentSample> SAMPLES = List.of(
            new ContentSample(0, MemoryKind.OLD, 10, 0, 10, 2_000, 20_000, 15_000),
            new ContentSample(0, MemoryKind.EDEN, 10, 0, 10, 40_960, 20_000, 15_000));

    private static ModelledEncoder encoder(EncoderPolicy policy, long cacheBytes) {
        return new ModelledEncoder(new ModelledEncoder.Setting(
                new ContentModel(SAMPLES, PAGE),
                policy,
                THROUGHPUT,
                125_000_000,
                PAGE,
                cacheBytes,
                new SplittableRandom(1)));
    }

    @Test
    void aPageBecomesADeltaWhenItWasSentInARoundBeforeFromTheSecondOn() {
        ModelledEncoder encoder = encoder(EncoderPolicy.deltaWhereverPossible(), 1 << 20);
        assertThat(encoder.encode(3, OLD, false)).as("first round").isEqualTo(8 + PAGE);
        encoder.endRound();
        assertThat(encoder.expectedBytes(3, OLD, false)).isEqualTo(8 + PAGE);
        assertThat(encoder.encode(3, OLD, false))
                .as("not kept in the first round")
                .isEqualTo(8 + PAGE);
        encoder.endRound();
        assertThat(encoder.expectedBytes(3, OLD, false)).isEqualTo(8 + 3 + 200);
        assertThat(encoder.encode(3, OLD, false)).isEqualTo(8 + 3 + 200);

        DeltaStatistics delta = encoder.report().orElseThrow().delta();
        assertThat(delta).isEqualTo(new DeltaStatistics(1 << 20, 203, 1, 1, 0));
        assertThat(delta.cacheMissRate()).isEqualTo(0.5);
        assertThat(delta.encodingRate(PAGE)).isEqualTo(PAGE / 203.0);
    }

    @Test
    void aDeltaThatIsNoSmallerIsSentRawAndCounted() {
        ModelledEncoder encoder = encoder(EncoderPolicy.deltaWhereverPossible(), 1 << 20);
        encoder.endRound();
        encoder.encode(3, EDEN, false);
        assertThat(encoder.encode(3, EDEN, false)).isEqualTo(8 + PAGE);
        assertThat(encoder.report().orElseThrow().delta()).isEqualTo(new DeltaStatistics(1 << 20, PAGE, 1, 1, 1));
    }

    @Test
    void zerosAreNineBytesWhateverTheirKind() {
        ModelledEncoder encoder = encoder(EncoderPolicy.deltaWhereverPossible(), 1 << 20);
        assertThat(encoder.encode(3, 0, true)).isEqualTo(9);
        assertThat(encoder.encode(3, KERNEL, true)).isEqualTo(9);
        assertThat(encoder.expectedBytes(3, OLD, true)).isEqualTo(9);
    }

    @Test
    void aFrameThatHeldAnotherKindMeanwhileIsNoDeltaOfWhatTheDestinationNoLongerHas() {
        ModelledEncoder encoder = encoder(EncoderPolicy.deltaWhereverPossible(), 1 << 20);
        encoder.endRound();
        encoder.encode(3, OLD, false);
        encoder.encode(3, KERNEL, false);
        assertThat(encoder.encode(3, OLD, false)).isEqualTo(8 + PAGE);
    }

    @Test
    void theReportSaysWhatWasPickedForEachKindAndWhatItCost() {
        ModelledEncoder encoder = encoder(EncoderPolicy.byBottleneck(THROUGHPUT, 125_000_000, PAGE), 1 << 20);
        assertThat(encoder.encode(1, OLD, false)).isEqualTo(8 + 3 + 1500);
        encoder.encode(2, KERNEL, false);
        encoder.encode(4, EDEN, true);

        EncodingReport report = encoder.report().orElseThrow();

        assertThat(report.kinds())
                .extracting(kind -> kind.kind().label() + " " + kind.sampled() + " "
                        + kind.first().label() + " " + kind.again().label() + " " + kind.pages())
                .containsExactly(
                        "eden true zstd zstd {ZERO=1}", "old true zstd delta {ZSTD=1}", "kernel false raw raw {RAW=1}");
        assertThat(report.cpuNanos()).isEqualTo((long) (3 * PAGE / 16.0 + PAGE / 0.3));
        assertThat(encoder.decodingNanos()).isEqualTo((long) (PAGE / 0.6));
    }

    @Test
    void kindsWhoseDeltaDoesNotPayDoNotDriveOthersOutOfTheCache() {
        ModelledEncoder encoder =
                encoder(EncoderPolicy.byBottleneck(EncoderThroughput.MEASURED, 125_000_000, PAGE), 4 * PAGE);
        encoder.endRound();
        encoder.encode(1, OLD, false);
        for (int round = 0; round < 6; round++) {
            encoder.encode(5, EDEN, false);
            encoder.endRound();
        }
        encoder.encode(1, OLD, false);
        assertThat(encoder.report().orElseThrow().delta().pages()).isEqualTo(1);
    }
}
