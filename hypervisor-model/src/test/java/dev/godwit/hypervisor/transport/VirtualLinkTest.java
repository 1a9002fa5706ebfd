package dev.godwit.hypervisor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.sim.VirtualClock;
import org.junit.jupiter.api.Test;

class VirtualLinkTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void sendingTakesBytesOverBandwidthAndArrivingTakesTheLatencyOnTop() {
        VirtualLink link = new VirtualLink(clock, 125_000_000, 100_000);

        link.send(262_144);
        assertThat(clock.nanos()).isEqualTo(2_097_152);
        link.awaitArrival();
        assertThat(clock.nanos()).isEqualTo(2_197_152);
        link.roundTrip();
        assertThat(clock.nanos()).isEqualTo(2_397_152);
        assertThat(link.sentBytes()).isEqualTo(262_144);
    }

    @Test
    void manySmallSendsTakeAsLongAsOneLargeOne() {
        VirtualLink link = new VirtualLink(clock, 3_000_000_000L, 0);

        for (int i = 0; i < 3_000_000; i++) {
            link.send(1);
        }

        assertThat(clock.nanos()).isBetween(999_999L, 1_000_001L);
    }

    @Test
    void figuresOutOfRangeAreRefusedWithTheValue() {
        assertThatThrownBy(() -> new VirtualLink(clock, 0, 0)).hasMessageContaining("bandwidth 0 bytes/s");
        assertThatThrownBy(() -> new VirtualLink(clock, 1, -5)).hasMessageContaining("latency -5 ns");
        assertThatThrownBy(() -> new VirtualLink(clock, 1, 0).send(-1)).hasMessageContaining("bytes=-1");
    }
}
