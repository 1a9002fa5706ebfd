package dev.godwit.hypervisor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.PageDelta;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Encoders on pages that have bytes. */
class RealPagesTest {
    private static final int PAGE = 4096;

    @Test
    void oneByteAnywhereMakesAPageOtherThanZero() {
        byte[] page = new byte[PAGE + 24];
        page[11] = 1;
        page[12 + PAGE] = 1;
        assertThat(ZeroPage.isZero(page, 12, PAGE)).isTrue();
        for (int at = 12; at < 12 + PAGE; at++) {
            page[at] = (byte) 0x80;
            assertThat(ZeroPage.isZero(page, 12, PAGE)).as("byte %d", at).isFalse();
            page[at] = 0;
        }
        assertThatThrownBy(() -> ZeroPage.isZero(page, 12, 100)).hasMessageContaining("multiple of 64");
        assertThatThrownBy(() -> ZeroPage.isZero(page, 64, PAGE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsCompressedComesBack() {
        for (PageCompressor compressor : new PageCompressor[] {PageCompressor.lz4(), PageCompressor.zstd()}) {
            try (compressor) {
                for (long seed = 0; seed < 300; seed++) {
                    byte[] page = page(new SplittableRandom(seed), (int) (seed % 9));
                    byte[] out = new byte[PAGE];
                    int size = compressor.compress(page, out);
                    if (seed % 9 == 8) {
                        assertThat(size).as("noise").isEqualTo(PageCompressor.OVERFLOW);
                        continue;
                    }
                    assertThat(size).as("seed %d", seed).isBetween(1, PAGE - 1);
                    byte[] back = new byte[PAGE];
                    compressor.decompress(out, size, back);
                    assertThat(back).as("seed %d", seed).isEqualTo(page);
                }
            }
        }
    }

    @Test
    void whatWasCutOffOrGarbledIsRefusedOrAtLeastAPage() {
        for (PageCompressor compressor : new PageCompressor[] {PageCompressor.lz4(), PageCompressor.zstd()}) {
            try (compressor) {
                int refused = 0;
                for (long seed = 0; seed < 2000; seed++) {
                    SplittableRandom random = new SplittableRandom(seed);
                    byte[] out = new byte[PAGE];
                    int size = compressor.compress(page(random, 1 + random.nextInt(6)), out);
                    int length = random.nextBoolean() ? size : random.nextInt(size);
                    out[random.nextInt(size)] ^= (byte) (1 + random.nextInt(255));
                    try {
                        compressor.decompress(out, length, new byte[PAGE]);
                    } catch (IllegalArgumentException expected) {
                        refused++;
                        assertThat(expected.getMessage()).contains("page refused");
                    }
                }
                assertThat(refused).isGreaterThan(800);
            }
        }
    }

    /** Sender and receiver, any mix of zeros, deltas, raw pages and pages sent by other means. */
    @Test
    void theReceiverAlwaysHasWhatWasSentLastAndTheCacheStaysWithinItsBound() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int pages = 20;
            byte[][] source = new byte[pages][PAGE];
            byte[][] destination = new byte[pages][PAGE];
            DeltaCompressor deltas = new DeltaCompressor((1 + random.nextInt(12)) * (long) PAGE, PAGE);
            byte[] out = new byte[PAGE];
            int found = 0;
            for (int step = 0; step < 600; step++) {
                int page = random.nextInt(pages);
                mutate(random, source[page]);
                if (random.nextInt(20) == 0) {
                    deltas.endRound();
                }
                if (random.nextInt(15) == 0) {
                    Arrays.fill(source[page], (byte) 0);
                }
                if (ZeroPage.isZero(source[page], 0, PAGE)) {
                    deltas.sentZeros(page);
                    Arrays.fill(destination[page], (byte) 0);
                } else if (random.nextInt(10) == 0) {
                    deltas.sentOtherwise(page);
                    destination[page] = source[page].clone();
                } else {
                    int size = deltas.encode(page, source[page], out);
                    if (size == DeltaCompressor.SEND_RAW) {
                        destination[page] = source[page].clone();
                    } else {
                        found++;
                        PageDelta.decode(out, 0, size, destination[page], 0, PAGE);
                    }
                }
                assertThat(Arrays.equals(destination[page], source[page]))
                        .as("seed %d, step %d", seed, step)
                        .isTrue();
                assertThat((long) deltas.held() * PAGE)
                        .isLessThanOrEqualTo(deltas.statistics().cacheBytes());
            }
            DeltaStatistics statistics = deltas.statistics();
            assertThat(statistics.pages() - statistics.overflow())
                    .isEqualTo(found)
                    .isPositive();
            assertThat(statistics.cacheMiss()).isPositive();
        }
    }

    /** From one repeated byte to noise. */
    private static byte[] page(SplittableRandom random, int noise) {
        byte[] page = new byte[PAGE];
        for (int at = 0; at < PAGE; at++) {
            page[at] = (byte) (at / 8 % 8 < noise ? random.nextInt() : at % 8);
        }
        return page;
    }

    private static void mutate(SplittableRandom random, byte[] page) {
        int length = random.nextInt(8) == 0 ? PAGE : 1 + random.nextInt(300);
        int from = random.nextInt(PAGE - length + 1);
        for (int at = from; at < from + length; at++) {
            page[at] = (byte) random.nextInt();
        }
    }
}
