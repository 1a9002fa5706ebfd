package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class PageRunsTest {
    private static final int PAGES = 300;

    @RepeatedTest(300)
    void setOperationsAgreeWithABitSet(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        BitSet left = randomBits(random);
        BitSet right = randomBits(random);

        BitSet union = (BitSet) left.clone();
        union.or(right);
        BitSet both = (BitSet) left.clone();
        both.and(right);
        BitSet difference = (BitSet) left.clone();
        difference.andNot(right);

        assertThat(runs(left).union(runs(right))).isEqualTo(runs(union));
        assertThat(runs(left).intersect(runs(right))).isEqualTo(runs(both));
        assertThat(runs(left).minus(runs(right))).isEqualTo(runs(difference));
        assertThat(runs(left).pages()).isEqualTo(left.cardinality());
        for (int page = 0; page < PAGES; page++) {
            assertThat(runs(left).contains(page)).isEqualTo(left.get(page));
        }
    }

    @Test
    void runsThatTouchOrOverlapAreJoined() {
        PageRuns pages =
                new PageRuns.Builder().add(5, 3).add(8, 1).add(8, 4).add(20, 1).build();
        assertThat(pages).isEqualTo(new PageRuns.Builder().add(5, 7).add(20, 1).build());
        assertThat(pages.pages()).isEqualTo(8);
    }

    @Test
    void aRunLongerThanAnIntIsKeptWhole() {
        long many = 5L * Integer.MAX_VALUE;
        PageRuns pages = new PageRuns.Builder().add(10, many).build();
        PageRuns low = new PageRuns.Builder().add(0, 20).build();
        assertThat(pages.pages()).isEqualTo(many);
        assertThat(pages.union(low).pages()).isEqualTo(many + 10);
        assertThat(pages.minus(low).pages()).isEqualTo(many - 10);
        assertThat(low.minus(pages).pages()).isEqualTo(10);
        assertThat(pages.intersect(low).pages()).isEqualTo(10);
        assertThat(pages.union(pages)).isEqualTo(pages);
    }

    @Test
    void runsOutOfOrderAreRefused() {
        PageRuns.Builder builder = new PageRuns.Builder().add(5, 3);
        assertThatThrownBy(() -> builder.add(4, 1)).hasMessage("run first=4 count=1 after first=5");
        assertThatThrownBy(() -> builder.add(9, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.add(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static BitSet randomBits(Random random) {
        BitSet bits = new BitSet();
        for (int i = random.nextInt(30); i > 0; i--) {
            int from = random.nextInt(PAGES);
            bits.set(from, Math.min(PAGES, from + 1 + random.nextInt(15)));
        }
        return bits;
    }

    private static PageRuns runs(BitSet bits) {
        PageRuns.Builder builder = new PageRuns.Builder();
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            builder.add(from, bits.nextClearBit(from) - from);
        }
        return builder.build();
    }
}
