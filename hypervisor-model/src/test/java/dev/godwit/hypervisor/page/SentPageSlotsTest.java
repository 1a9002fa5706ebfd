package dev.godwit.hypervisor.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SentPageSlotsTest {
    @Test
    void aPageIsDrivenOutWhenItIsTwoRoundsOldAndNotBefore() {
        SentPageSlots slots = new SentPageSlots(4 * 4096, 4096);
        assertThat(slots.claim(1, 2)).isEqualTo(1);

        assertThat(slots.claim(5, 2)).isEqualTo(SentPageSlots.NONE);
        assertThat(slots.claim(5, 3)).isEqualTo(SentPageSlots.NONE);
        assertThat(slots.peek(1)).isEqualTo(1);

        assertThat(slots.claim(5, 4)).isEqualTo(1);
        assertThat(slots.peek(1)).isEqualTo(SentPageSlots.NONE);
        assertThat(slots.peek(5)).isEqualTo(1);
    }

    @Test
    void aPageThatIsLookedUpStaysYoung() {
        SentPageSlots slots = new SentPageSlots(4 * 4096, 4096);
        slots.claim(1, 2);
        assertThat(slots.find(1, 3)).isEqualTo(1);
        assertThat(slots.peek(1)).isEqualTo(1);

        assertThat(slots.claim(5, 4)).isEqualTo(SentPageSlots.NONE);
        assertThat(slots.claim(5, 5)).isEqualTo(1);
    }

    @Test
    void aPageThatIsForgottenLeavesItsSlot() {
        SentPageSlots slots = new SentPageSlots(4 * 4096, 4096);
        slots.claim(1, 2);
        slots.forget(5);
        assertThat(slots.held()).isEqualTo(1);
        slots.forget(1);
        assertThat(slots.held()).isZero();
        assertThat(slots.claim(5, 2)).isEqualTo(1);
    }

    @Test
    void slotsAreTheLargestPowerOfTwoThatFits() {
        assertThat(new SentPageSlots(4096, 4096).slots()).isEqualTo(1);
        assertThat(new SentPageSlots(7 * 4096 + 4095, 4096).slots()).isEqualTo(4);
        assertThat(new SentPageSlots(64L << 20, 4096).slots()).isEqualTo(16_384);
        assertThatThrownBy(() -> new SentPageSlots(4095, 4096))
                .hasMessage("delta cache of 4095 bytes: give one of at least a page, 4096 bytes");
    }

    @Test
    void whateverIsPutThereTheBoundIsNeverExceededAndWhatIsFoundWasPutThere() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SentPageSlots slots = new SentPageSlots((1 + random.nextInt(64)) * 4096L, 4096);
            Set<Integer> there = new HashSet<>();
            int round = 1;
            for (int step = 0; step < 3000; step++) {
                int page = random.nextInt(200);
                switch (random.nextInt(8)) {
                    case 0 -> round++;
                    case 1 -> {
                        slots.forget(page);
                        there.remove(page);
                    }
                    case 2, 3 ->
                        assertThat(slots.find(page, round) != SentPageSlots.NONE)
                                .as("seed %d, step %d", seed, step)
                                .isEqualTo(there.contains(page));
                    default -> {
                        int slot = slots.claim(page, round);
                        if (slot != SentPageSlots.NONE) {
                            there.removeIf(other -> slots.peek(other) == SentPageSlots.NONE);
                            there.add(page);
                        }
                    }
                }
                assertThat(slots.held()).isEqualTo(there.size()).isLessThanOrEqualTo(slots.slots());
            }
        }
    }
}
