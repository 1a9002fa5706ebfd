package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressRangesTest {
    private static final int UNIVERSE = 200;

    @Test
    void rangesThatTouchOrOverlapAreOne() {
        AddressRanges ranges = new AddressRanges();
        ranges.add(10, 20);
        ranges.add(20, 30);
        ranges.add(25, 28);
        ranges.add(40, 50);

        assertThat(ranges.size()).isEqualTo(2);
        assertThat(ranges.end(0)).isEqualTo(30);
        assertThat(ranges.bytes()).isEqualTo(30);
    }

    @Test
    void aRangeBeforeTheLastOneIsRefused() {
        AddressRanges ranges = new AddressRanges();
        ranges.add(10, 20);

        assertThatThrownBy(() -> ranges.add(9, 30)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ranges.add(40, 40)).hasMessageContaining("0x28");
    }

    @Test
    void setOperationsAgreeWithBitSets() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            BitSet left = draw(random);
            BitSet right = draw(random);
            AddressRanges result = new AddressRanges();

            result.setUnion(rangesOf(left), rangesOf(right));
            BitSet union = (BitSet) left.clone();
            union.or(right);
            assertThat(bitsOf(result)).as("union, seed " + seed).isEqualTo(union);

            result.setIntersection(rangesOf(left), rangesOf(right));
            BitSet both = (BitSet) left.clone();
            both.and(right);
            assertThat(bitsOf(result)).as("intersection, seed " + seed).isEqualTo(both);

            result.setDifference(rangesOf(left), rangesOf(right));
            BitSet difference = (BitSet) left.clone();
            difference.andNot(right);
            assertThat(bitsOf(result)).as("difference, seed " + seed).isEqualTo(difference);
            for (int i = 0; i < UNIVERSE; i++) {
                assertThat(result.contains(i))
                        .as("contains " + i + ", seed " + seed)
                        .isEqualTo(difference.get(i));
            }
        }
    }

    private static BitSet draw(Random random) {
        BitSet bits = new BitSet();
        int runs = random.nextInt(12);
        for (int i = 0; i < runs; i++) {
            int from = random.nextInt(UNIVERSE - 1);
            bits.set(from, from + 1 + random.nextInt(Math.min(20, UNIVERSE - from)));
        }
        return bits;
    }

    private static AddressRanges rangesOf(BitSet bits) {
        AddressRanges ranges = new AddressRanges();
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            ranges.add(from, bits.nextClearBit(from));
        }
        return ranges;
    }

    private static BitSet bitsOf(AddressRanges ranges) {
        BitSet bits = new BitSet();
        for (int i = 0; i < ranges.size(); i++) {
            bits.set((int) ranges.start(i), (int) ranges.end(i));
        }
        return bits;
    }
}
