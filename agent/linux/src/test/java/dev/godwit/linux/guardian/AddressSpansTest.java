package dev.godwit.linux.guardian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressSpansTest {
    private final AddressSpans spans = new AddressSpans(12);

    @Test
    void slotsGoByTheOrderInWhichSpansAreAdded() {
        assertThat(spans.add(0x7000, 0x9000)).isZero();
        assertThat(spans.add(0x1000, 0x2000)).isEqualTo(2);

        assertThat(spans.slotOf(0x8123)).isEqualTo(1);
        assertThat(spans.slotOf(0x1000)).isEqualTo(2);
        assertThat(spans.slotOf(0x3000)).isEqualTo(-1);
        assertThat(spans.slotOf(0x9000)).isEqualTo(-1);
        assertThat(spans.slotOf(0x500)).isEqualTo(-1);
        assertThat(spans.addressOf(1)).isEqualTo(0x8000);
        assertThat(spans.spanEndSlot(0)).isEqualTo(2);
        assertThat(spans.nextAddress(0x2000)).isEqualTo(0x7000);
        assertThat(spans.nextAddress(0x8123)).isEqualTo(0x8123);
        assertThat(spans.nextAddress(0x9000)).isEqualTo(-1);
        assertThat(spans.start(0)).isEqualTo(0x7000);
        assertThat(spans.end(1)).isEqualTo(0x2000);
    }

    @Test
    void everyAddressFindsItsSlotAndBackHoweverTheSpansWereAdded() {
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            AddressSpans each = new AddressSpans(12);
            List<Long> starts = new ArrayList<>();
            for (long at = 1; at < 200; at += 2 + random.nextInt(5)) {
                starts.add(at << 12);
            }
            Collections.shuffle(starts, random);
            int slots = 0;
            for (long start : starts) {
                assertThat(each.add(start, start + (2 << 12) - (random.nextBoolean() ? 0 : 1 << 12)))
                        .isEqualTo(slots);
                slots = each.slots();
            }
            for (int slot = 0; slot < slots; slot++) {
                assertThat(each.slotOf(each.addressOf(slot))).isEqualTo(slot);
                assertThat(each.slotOf(each.addressOf(slot) + 4095)).isEqualTo(slot);
                assertThat(each.spanEndSlot(slot)).isBetween(slot + 1, slot + 2);
            }
            for (int i = 0; i < each.count(); i++) {
                assertThat(each.start(i)).isEqualTo(starts.get(i));
                assertThat(each.slotOf(each.end(i) - 1)).isEqualTo(each.spanEndSlot(each.slotOf(each.start(i))) - 1);
            }
        }
    }

    @Test
    void overlapsAndHalfPagesAreRefused() {
        spans.add(0x4000, 0x8000);

        for (long[] bad : new long[][] {
            {0x7000, 0x9000}, {0x3000, 0x5000}, {0x5000, 0x6000}, {0x1000, 0x9000}, {0x4000, 0x8000},
            {0x8000, 0x8000}, {0x9000, 0x8000}, {0x8001, 0x9000}, {0x8000, 0x9001}, {-0x1000, 0x1000}
        }) {
            assertThatThrownBy(() -> spans.add(bad[0], bad[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("span 0x");
        }
        assertThat(spans.add(0x8000, 0x9000)).isEqualTo(4);
        assertThat(spans.add(0x3000, 0x4000)).isEqualTo(5);
    }
}
