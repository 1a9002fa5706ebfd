package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PageDeltaTest {
    private static final int PAGE = 4096;

    @Test
    void everyPatternOfChangedWordsOnSmallPagesComesBack() {
        for (int words = 1; words <= 10; words++) {
            for (int changed = 0; changed < 1 << words; changed++) {
                byte[] before = bytes(new SplittableRandom(words), words * 8);
                byte[] now = before.clone();
                for (int word = 0; word < words; word++) {
                    now[word * 8 + (changed + word) % 8] ^= (byte) (changed >>> word & 1);
                }
                byte[] out = new byte[words * 10 + 2];

                int size = PageDelta.encode(before, 0, now, 0, now.length, out, 0, out.length);

                assertThat(size).isEqualTo(expectedBytes(changed, words));
                PageDelta.decode(out, 0, size, before, 0, before.length);
                assertThat(before)
                        .as("words %d, changed %s", words, Integer.toBinaryString(changed))
                        .isEqualTo(now);
            }
        }
    }

    /** Two bytes for each run of ones, eight for each one. */
    private static int expectedBytes(int changed, int words) {
        int runs = 0;
        for (int word = 0; word < words; word++) {
            boolean begins = (changed >>> word & 1) == 1 && (word == 0 || (changed >>> (word - 1) & 1) == 0);
            runs += begins ? 1 : 0;
        }
        return runs * 2 + Integer.bitCount(changed) * 8;
    }

    @Test
    void theExampleOfTheGrammarIsWhatIsWritten() {
        byte[] before = new byte[32];
        byte[] now = new byte[32];
        Arrays.fill(now, 8, 24, (byte) 7);
        byte[] out = new byte[32];

        assertThat(PageDelta.encode(before, 0, now, 0, 32, out, 0, 32)).isEqualTo(18);

        byte[] expected = new byte[18];
        Arrays.fill(expected, (byte) 7);
        expected[0] = 1;
        expected[1] = 2;
        assertThat(Arrays.copyOf(out, 18)).isEqualTo(expected);
    }

    @Test
    void countsOf128WordsAndMoreTakeTwoBytes() {
        for (int words : new int[] {127, 128, 129, 8191, 8192}) {
            byte[] before = new byte[65536];
            byte[] now = before.clone();
            Arrays.fill(now, now.length - words * 8, now.length, (byte) 1);
            byte[] out = new byte[65536 + 4];

            int size = PageDelta.encode(before, 0, now, 0, now.length, out, 0, out.length);

            int skipped = 8192 - words;
            assertThat(size).isEqualTo(words * 8 + (skipped > 127 ? 2 : 1) + (words > 127 ? 2 : 1));
            PageDelta.decode(out, 0, size, before, 0, before.length);
            assertThat(before).isEqualTo(now);
        }
    }

    @Test
    void anUnchangedPageIsNothing() {
        byte[] page = bytes(new SplittableRandom(1), PAGE);
        assertThat(PageDelta.encode(page, 0, page.clone(), 0, PAGE, new byte[0], 0, 0))
                .isZero();
        byte[] same = page.clone();
        PageDelta.decode(new byte[0], 0, 0, same, 0, PAGE);
        assertThat(same).isEqualTo(page);
    }

    @Test
    void aDeltaThatIsLargerThanAllowedOverflowsAndNeverWritesBehindItsRoom() {
        SplittableRandom random = new SplittableRandom(2);
        byte[] before = bytes(random, 256);
        byte[] now = mutated(random, before, 12);
        byte[] whole = new byte[1024];
        int size = PageDelta.encode(before, 0, now, 0, 256, whole, 0, whole.length);
        assertThat(size).isPositive();
        for (int room = 0; room <= size; room++) {
            byte[] out = new byte[room + 16];
            Arrays.fill(out, (byte) 0x5A);

            int got = PageDelta.encode(before, 0, now, 0, 256, out, 4, room);

            assertThat(got).isEqualTo(room < size ? PageDelta.OVERFLOW : size);
            for (int i = 0; i < out.length; i++) {
                if (i < 4 || i >= 4 + room) {
                    assertThat(out[i]).as("room %d, byte %d", room, i).isEqualTo((byte) 0x5A);
                }
            }
        }
    }

    @Test
    void aDeltaThatIsNoneIsRefusedAndThePageStaysAsItWas() {
        refused("a number that is cut off at byte 1", 0);
        refused("a number that is cut off at byte 0", 0x80);
        refused("a number that is cut off at byte 1", 0, 0x81);
        refused("a number that is not written in its only form at byte 0", 0x81, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8);
        refused("a number that is not written in its only form at byte 0", 0x81, 0x81, 1, 1, 2, 3, 4, 5, 6, 7, 8);
        refused("an empty run at byte 0", 1, 0);
        refused("an empty run at byte 10", 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8);
        refused("a run that is cut off at byte 0", 0, 1, 1, 2, 3, 4, 5, 6, 7);
        refused("a run that ends behind the page of 32 bytes at byte 0", 4, 1, 1, 2, 3, 4, 5, 6, 7, 8);
        refused("a run that ends behind the page of 32 bytes at byte 0", 0xFF, 0x7F, 0xFF, 0x7F);
    }

    private static void refused(String why, int... delta) {
        byte[] bytes = new byte[delta.length];
        for (int i = 0; i < delta.length; i++) {
            bytes[i] = (byte) delta[i];
        }
        byte[] page = bytes(new SplittableRandom(3), 32);
        byte[] before = page.clone();
        assertThatThrownBy(() -> PageDelta.decode(bytes, 0, bytes.length, page, 0, 32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delta of a page refused: " + why);
        assertThat(page).isEqualTo(before);
    }

    @Test
    void rangesThatAreNoneAreRefused() {
        byte[] page = new byte[64];
        assertThatThrownBy(() -> PageDelta.encode(page, 0, page, 0, 60, new byte[64], 0, 64))
                .hasMessageContaining("pageBytes=60");
        assertThatThrownBy(() -> PageDelta.encode(page, 0, page, 0, 0, new byte[64], 0, 64))
                .hasMessageContaining("pageBytes=0");
        assertThatThrownBy(() -> PageDelta.encode(page, 1, page, 0, 64, new byte[64], 0, 64))
                .hasMessage("before: 64 bytes from 1 are not within 64");
        assertThatThrownBy(() -> PageDelta.encode(page, 0, page, -1, 64, new byte[64], 0, 64))
                .hasMessageContaining("now");
        assertThatThrownBy(() -> PageDelta.encode(page, 0, page, 0, 64, new byte[64], 1, 64))
                .hasMessageContaining("out");
        assertThatThrownBy(() -> PageDelta.decode(new byte[2], 1, Integer.MAX_VALUE, page, 0, 64))
                .hasMessageContaining("delta");
        assertThatThrownBy(() -> PageDelta.decode(new byte[2], 0, 2, page, 8, 64))
                .hasMessageContaining("page:");
    }

    @Test
    void whateverWasWrittenAPageComesBack() {
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] before = bytes(random, PAGE + 40);
            byte[] now = mutated(random, before, 1 << random.nextInt(13));
            byte[] out = new byte[2 * PAGE];
            int at = 8 * random.nextInt(6);

            int size = PageDelta.encode(before, at, now, at, PAGE, out, 3, PAGE);

            if (size != PageDelta.OVERFLOW) {
                assertThat(size).isBetween(0, PAGE);
                PageDelta.decode(out, 3, size, before, at, PAGE);
                assertThat(Arrays.equals(before, at, at + PAGE, now, at, at + PAGE))
                        .as("seed %d", seed)
                        .isTrue();
            }
        }
    }

    @Test
    void whateverIsReceivedNothingBehindThePageIsWritten() {
        int refused = 0;
        for (long seed = 0; seed < 50_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] before = bytes(random, 256);
            byte[] now = mutated(random, before, 1 + random.nextInt(20));
            byte[] delta = new byte[512];
            int size = PageDelta.encode(before, 0, now, 0, 256, delta, 0, 512);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                delta[random.nextInt(Math.max(1, size))] = (byte) random.nextInt();
            }
            byte[] page = new byte[256 + 64];
            System.arraycopy(before, 0, page, 32, 256);
            byte[] untouched = page.clone();
            try {
                PageDelta.decode(delta, 0, random.nextInt(size + 1), page, 32, 256);
            } catch (IllegalArgumentException expected) {
                refused++;
                assertThat(page).as("seed %d", seed).isEqualTo(untouched);
            }
            assertThat(Arrays.equals(page, 0, 32, untouched, 0, 32)
                            && Arrays.equals(page, 288, 320, untouched, 288, 320))
                    .as("seed %d", seed)
                    .isTrue();
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    private static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A copy with stretches written, in all that many bytes or somewhat more. */
    private static byte[] mutated(SplittableRandom random, byte[] before, int writtenBytes) {
        byte[] now = before.clone();
        int left = writtenBytes;
        while (left > 0) {
            int length = 1 + random.nextInt(Math.min(left, 200));
            int from = random.nextInt(now.length);
            for (int i = from; i < Math.min(now.length, from + length); i++) {
                now[i] = (byte) random.nextInt();
            }
            left -= length;
        }
        return now;
    }
}
