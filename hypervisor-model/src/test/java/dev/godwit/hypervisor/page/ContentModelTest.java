package dev.godwit.hypervisor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.trace.ContentSample;
import dev.godwit.trace.MemoryKind;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContentModelTest {
    private static final int OLD = MemoryKind.OLD.code();
    private static final int PAGE = 4096;

    private final List<ContentSample> samples = List.of(
            new ContentSample(1, MemoryKind.OLD, 40, 8, 30, 4_001, 70_000, 40_000),
            new ContentSample(2, MemoryKind.EDEN, 32, 0, 0, 0, 60_000, 50_000),
            new ContentSample(3, MemoryKind.OLD, 16, 0, 3, 12_288, 30_007, 20_000),
            new ContentSample(4, MemoryKind.STACK, 9, 9, 0, 0, 0, 0));
    private final ContentModel model = new ContentModel(samples, PAGE);

    @Test
    void theMeanOfWhatIsDrawnIsTheMeanOfWhatWasSampled() {
        double[] means = {(4_001 + 12_288) / 33.0, (70_000 + 30_007) / 48.0, (40_000 + 20_000) / 48.0};
        Encoding[] encodings = {Encoding.DELTA, Encoding.LZ4, Encoding.ZSTD};
        for (int i = 0; i < means.length; i++) {
            SplittableRandom random = new SplittableRandom(i);
            long sum = 0;
            int draws = 400_000;
            for (int draw = 0; draw < draws; draw++) {
                int bytes = model.draw(OLD, encodings[i], random);
                assertThat(bytes).isBetween(0, PAGE);
                sum += bytes;
            }
            assertThat(model.meanBytes(OLD, encodings[i]).orElseThrow()).isCloseTo(means[i], within(1e-9));
            assertThat((double) sum / draws).isCloseTo(means[i], within(0.02 * means[i]));
        }
    }

    @Test
    void whatWasNotSampledIsNotGuessed() {
        assertThat(model.isSampled(OLD)).isTrue();
        assertThat(model.isSampled(MemoryKind.STACK.code())).as("only zeros").isFalse();
        assertThat(model.isSampled(MemoryKind.KERNEL.code())).isFalse();
        assertThat(model.meanBytes(MemoryKind.EDEN.code(), Encoding.DELTA)).isEmpty();
        assertThat(model.meanBytes(OLD, Encoding.RAW)).isEmpty();
        assertThatThrownBy(() -> model.draw(MemoryKind.KERNEL.code(), Encoding.LZ4, new SplittableRandom(1)))
                .hasMessageContaining("was not sampled");
    }

    @Test
    void pagesThatDidNotShrinkCountAsRaw() {
        ContentModel grown =
                new ContentModel(List.of(new ContentSample(1, MemoryKind.OLD, 2, 0, 0, 0, 9000, 9000)), PAGE);
        assertThat(grown.meanBytes(OLD, Encoding.LZ4)).hasValue(PAGE);
        assertThat(grown.draw(OLD, Encoding.LZ4, new SplittableRandom(1))).isEqualTo(PAGE);
    }

    @Test
    void theSameSeedDrawsTheSameSizes() {
        SplittableRandom one = new SplittableRandom(7);
        SplittableRandom other = new SplittableRandom(7);
        for (int i = 0; i < 1000; i++) {
            assertThat(model.draw(OLD, Encoding.DELTA, one)).isEqualTo(model.draw(OLD, Encoding.DELTA, other));
        }
    }
}
