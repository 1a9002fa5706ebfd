package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class XorRleTest {
    private static final int PAGE = 4096;

    private final ByteBuffer target = ByteBuffer.allocate(PAGE);

    @Test
    void aPageThatDidNotChangeIsEmpty() {
        ByteBuffer page = filled(1);

        assertThat(XorRle.encode(page, page.duplicate(), target)).isZero();
    }

    @Test
    void oneChangedWordTakesElevenBytesFarInside() {
        ByteBuffer before = filled(1);
        ByteBuffer now = filled(1).put(4000, (byte) 77);

        // 500 words as they were take two bytes, the count of changed ones takes one, the word takes eight.
        assertThat(XorRle.encode(before, now, target)).isEqualTo(11);
    }

    @Test
    void aPageThatChangedThroughoutDoesNotFit() {
        assertThat(XorRle.encode(filled(1), filled(2), target)).isEqualTo(-1);
    }

    @Test
    void decodingTheDifferenceGivesTheNewVersion() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteBuffer before = filled(seed);
            ByteBuffer now = filled(seed);
            int changes = random.nextInt(seed % 10 == 0 ? 400 : 40);
            for (int i = 0; i < changes; i++) {
                now.put(random.nextInt(PAGE), (byte) random.nextInt());
            }

            int size = XorRle.encode(before, now, target);

            if (size >= 0) {
                XorRle.decode(target, size, before);
                assertThat(before).as("seed " + seed).isEqualTo(now);
            }
        }
    }

    @Test
    void bytesThatAreNoDifferenceAreRefused() {
        ByteBuffer page = filled(1);

        assertThatThrownBy(() -> XorRle.decode(bytes(0, 0), 2, page)).hasMessageContaining("changed=0");
        assertThatThrownBy(() -> XorRle.decode(bytes(0, 1, 5), 3, page)).hasMessageContaining("size=3");
        assertThatThrownBy(() -> XorRle.decode(bytes(0xff, 0xff, 0x7f, 1), 4, page))
                .hasMessageContaining("words=512");
        assertThatThrownBy(() -> XorRle.decode(bytes(0x80, 0), 2, page)).hasMessageContaining("no number");
        assertThatThrownBy(() -> XorRle.decode(bytes(0x80), 1, page)).hasMessageContaining("no number");
    }

    @Test
    void anyBytesAreDecodedOrRefusedWithinThePage() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            try {
                XorRle.decode(ByteBuffer.wrap(noise), noise.length, ByteBuffer.allocate(PAGE));
            } catch (IllegalArgumentException refused) {
                assertThat(refused.getMessage()).contains("at=");
            }
        }
    }

    private static ByteBuffer filled(long seed) {
        byte[] bytes = new byte[PAGE];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int i = 0; i < values.length; i++) {
            bytes.put(i, (byte) values[i]);
        }
        return bytes;
    }
}
