package dev.godwit.hypervisor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
    void aSlowedLinkCarriesLessFromItsMomentOnEvenInTheMiddleOfASend() {
        FaultPlan plan = FaultPlan.of(Fault.linkSlowed(1_000_000, 50), Fault.linkSlowed(5_000_000, 100));
        VirtualLink link = new VirtualLink(clock, 125_000_000, 0, plan, fault -> {});

        link.send(262_144);

        assertThat(clock.nanos()).isEqualTo(1_000_000 + 2 * 1_097_152);
        assertThat(link.bandwidthBytesPerSecond()).isEqualTo(62_500_000);
        // Half speed up to 5 ms, then full.
        link.send(300_000);
        assertThat(clock.nanos()).isEqualTo(5_000_000 + (300_000 - 112_856) * 8);
        assertThat(link.bandwidthBytesPerSecond()).isEqualTo(125_000_000);
    }

    @Test
    void theOtherDirectionIsNotInTheWayAndSendsOneAfterTheOther() {
        VirtualLink link = new VirtualLink(clock, 125_000_000, 100_000);

        assertThat(link.sendBack(125_000)).isEqualTo(1_100_000);
        assertThat(link.sendBack(125_000)).isEqualTo(2_100_000);
        link.send(125_000);

        assertThat(clock.nanos()).isEqualTo(1_000_000);
        assertThat(link.sentBackBytes()).isEqualTo(250_000);
    }

    @Test
    void whatIsFatalHappensAtItsMomentAndNotBehindTheEnd() {
        List<Fault> struck = new ArrayList<>();
        FaultPlan plan = FaultPlan.of(Fault.linkCut(3_000), Fault.sourceLost(1_000));
        VirtualLink link = new VirtualLink(clock, 1_000_000_000, 0, plan, struck::add);

        assertThatThrownBy(() -> link.send(2_000))
                .isInstanceOf(Outage.class)
                .hasMessage("the source host was lost at 0.001 ms");
        assertThat(clock.nanos()).isEqualTo(1_000);
        assertThat(struck).containsExactly(Fault.sourceLost(1_000));
        link.close();
        clock.advance(10_000);
        assertThat(struck).hasSize(1);
    }

    @Test
    void aPlanOfASeedIsAlwaysTheSameAndPlansOfManySeedsHoldEveryFault() {
        Set<Fault.Kind> kinds = EnumSet.noneOf(Fault.Kind.class);
        for (long seed = 0; seed < 50; seed++) {
            FaultPlan plan = FaultPlan.random(new RandomStreams(seed).stream("faults"), 1_000_000);
            assertThat(FaultPlan.random(new RandomStreams(seed).stream("faults"), 1_000_000))
                    .isEqualTo(plan);
            plan.faults().forEach(fault -> kinds.add(fault.kind()));
        }
        assertThat(kinds).containsExactlyInAnyOrder(Fault.Kind.values());
    }

    @Test
    void figuresOutOfRangeAreRefusedWithTheValue() {
        assertThatThrownBy(() -> new VirtualLink(clock, 0, 0)).hasMessageContaining("bandwidth 0 bytes/s");
        assertThatThrownBy(() -> new VirtualLink(clock, 1, -5)).hasMessageContaining("latency -5 ns");
        assertThatThrownBy(() -> new VirtualLink(clock, 1, 0).send(-1)).hasMessageContaining("bytes=-1");
    }
}
