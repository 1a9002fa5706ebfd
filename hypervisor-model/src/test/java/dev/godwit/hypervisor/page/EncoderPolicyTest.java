package dev.godwit.hypervisor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EncoderPolicyTest {
    private static final long GIGABIT = 125_000_000;
    private static final EncoderThroughput THROUGHPUT = new EncoderThroughput(
            17.7e9,
            new EncoderThroughput.Codec(5e9, 8e9),
            new EncoderThroughput.Codec(0.4e9, 1e9),
            new EncoderThroughput.Codec(0.33e9, 0.6e9));

    private static final EncoderThroughput.Codec ONE = new EncoderThroughput.Codec(1, 1);

    private static EncoderPolicy.MeanSizes sizes(Map<Encoding, Double> bytes) {
        return encoding ->
                bytes.containsKey(encoding) ? OptionalDouble.of(bytes.get(encoding)) : OptionalDouble.empty();
    }

    private static final EncoderPolicy.MeanSizes EDEN =
            sizes(Map.of(Encoding.DELTA, 3464.0, Encoding.LZ4, 2200.0, Encoding.ZSTD, 1400.0));
    private static final EncoderPolicy.MeanSizes NATIVE =
            sizes(Map.of(Encoding.DELTA, 238.0, Encoding.LZ4, 2200.0, Encoding.ZSTD, 1400.0));

    @Test
    void whereTheLinkIsTheBottleneckTheSmallestPageWins() {
        EncoderPolicy policy = EncoderPolicy.byBottleneck(THROUGHPUT, GIGABIT, 4096);
        assertThat(policy.choose(EDEN, false)).isEqualTo(Encoding.ZSTD);
        assertThat(policy.choose(EDEN, true)).as("a delta of Eden saves little").isEqualTo(Encoding.ZSTD);
        assertThat(policy.choose(NATIVE, true)).isEqualTo(Encoding.DELTA);
        assertThat(policy.choose(NATIVE, false)).as("no earlier version").isEqualTo(Encoding.ZSTD);
    }

    @Test
    void whereTheProcessorIsTheBottleneckTheCheapestEncodingWins() {
        EncoderPolicy policy = EncoderPolicy.byBottleneck(THROUGHPUT, 10 * GIGABIT, 4096);
        assertThat(policy.choose(EDEN, false)).isEqualTo(Encoding.RAW);
        assertThat(policy.choose(EDEN, true)).as("cheap, and somewhat smaller").isEqualTo(Encoding.DELTA);
        assertThat(policy.choose(NATIVE, true)).isEqualTo(Encoding.DELTA);
        assertThat(EncoderPolicy.byBottleneck(THROUGHPUT, 100 * GIGABIT, 4096).choose(NATIVE, true))
                .isEqualTo(Encoding.RAW);
    }

    @Test
    void inBetweenTheFasterOfTwoCompressorsWins() {
        assertThat(EncoderPolicy.byBottleneck(THROUGHPUT, 2 * GIGABIT, 4096).choose(EDEN, false))
                .isEqualTo(Encoding.LZ4);
    }

    @Test
    void whatTheDestinationDecodesSlowlyIsNotPicked() {
        EncoderThroughput slowThere = new EncoderThroughput(
                17.7e9,
                new EncoderThroughput.Codec(5e9, 8e9),
                new EncoderThroughput.Codec(0.4e9, 1e9),
                new EncoderThroughput.Codec(0.33e9, 0.1e9));
        assertThat(EncoderPolicy.byBottleneck(slowThere, GIGABIT, 4096).choose(EDEN, false))
                .isEqualTo(Encoding.LZ4);
    }

    @Test
    void whatWasNotSampledIsSentRaw() {
        assertThat(EncoderPolicy.byBottleneck(THROUGHPUT, 1000, 4096).choose(sizes(Map.of()), true))
                .isEqualTo(Encoding.RAW);
        assertThat(EncoderPolicy.deltaWhereverPossible().choose(sizes(Map.of()), true))
                .isEqualTo(Encoding.RAW);
    }

    @Test
    void withoutKindsEveryPageWithAnEarlierVersionBecomesADelta() {
        EncoderPolicy policy = EncoderPolicy.deltaWhereverPossible();
        assertThat(policy.choose(EDEN, true)).isEqualTo(Encoding.DELTA);
        assertThat(policy.choose(EDEN, false)).isEqualTo(Encoding.RAW);
    }

    @Test
    void aThroughputOfNothingIsRefused() {
        assertThatThrownBy(() -> new EncoderThroughput(1, new EncoderThroughput.Codec(0, 1), ONE, ONE))
                .hasMessage("delta at 0.0 bytes/s: give a throughput above zero");
        assertThatThrownBy(() -> new EncoderThroughput(1, ONE, new EncoderThroughput.Codec(1, Double.NaN), ONE))
                .hasMessageContaining("decoding LZ4");
    }
}
