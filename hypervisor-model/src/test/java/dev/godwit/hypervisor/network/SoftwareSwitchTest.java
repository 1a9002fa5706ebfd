package dev.godwit.hypervisor.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SoftwareSwitchTest {
    private static final long US = 1_000;
    private static final long A = MacAddress.numbered(1);
    private static final long B = MacAddress.numbered(2);
    private static final long C = MacAddress.numbered(3);
    private static final long AGEING = 1_000_000_000;

    private final VirtualClock clock = new VirtualClock();
    private final SoftwareSwitch network = new SoftwareSwitch("test", clock, AGEING);
    private final List<String> arrivals = new ArrayList<>();
    private SoftwareSwitch.Port a;
    private SoftwareSwitch.Port b;

    @BeforeEach
    void plugIn() {
        a = network.plug(frame -> arrivals.add("a"), 10 * US);
        b = network.plug(frame -> arrivals.add("b"), 10 * US);
        network.plug(frame -> arrivals.add("c"), 10 * US);
    }

    @Test
    void aFrameForAnUnknownAddressGoesEverywhereButBack() {
        send(a, A, B);
        assertThat(arrivals).containsExactly("b", "c");
        assertThat(network.flooded()).isEqualTo(1);
    }

    @Test
    void aFrameForAnAddressThatWasSeenGoesToItsPortAlone() {
        send(b, B, MacAddress.BROADCAST);
        arrivals.clear();
        send(a, A, B);
        assertThat(arrivals).containsExactly("b");
        assertThat(network.forwarded()).isEqualTo(1);
    }

    @Test
    void anAddressThatMovesIsLearnedAnewFromItsFirstFrame() {
        send(b, B, MacAddress.BROADCAST);
        send(a, B, MacAddress.BROADCAST);
        arrivals.clear();
        send(b, C, B);
        assertThat(arrivals).containsExactly("a");
    }

    @Test
    void anEntryAgesUnlessItsSenderIsHeard() {
        send(b, B, MacAddress.BROADCAST);
        clock.advance(AGEING / 2);
        send(b, B, MacAddress.BROADCAST);
        clock.advance(AGEING * 3 / 4);
        assertThat(network.knows(B)).isTrue();
        clock.advance(AGEING / 4);
        assertThat(network.knows(B)).isFalse();
        arrivals.clear();
        send(a, A, B);
        assertThat(arrivals).containsExactly("b", "c");
    }

    @Test
    void aFrameTakesTheLatencyOfBothCables() {
        a.send(frame(A, B));
        clock.advance(20 * US - 1);
        assertThat(arrivals).isEmpty();
        clock.advance(1);
        assertThat(arrivals).hasSize(2);
    }

    @Test
    void whatIsOnItsWayToAStationThatIsUnpluggedIsLostAndItsAddressForgotten() {
        send(b, B, MacAddress.BROADCAST);
        arrivals.clear();
        a.send(frame(A, B));
        clock.advance(15 * US);
        b.unplug();
        clock.advance(15 * US);
        assertThat(arrivals).isEmpty();
        assertThat(network.knows(B)).isFalse();
        send(b, B, A);
        assertThat(arrivals).isEmpty();
        assertThat(network.dropped()).isEqualTo(1);
    }

    @Test
    void twoSwitchesLearnAcrossTheCableThatJoinsThem() {
        SoftwareSwitch other = new SoftwareSwitch("other", clock, AGEING);
        SoftwareSwitch.join(network, other, 50 * US);
        SoftwareSwitch.Port far = other.plug(frame -> arrivals.add("far"), 10 * US);
        send(far, C, MacAddress.BROADCAST);
        assertThat(arrivals).containsExactly("a", "b", "c");
        arrivals.clear();
        send(a, A, C);
        assertThat(arrivals).containsExactly("far");
        arrivals.clear();
        a.send(frame(A, C));
        clock.advance(70 * US - 1);
        assertThat(arrivals).isEmpty();
        clock.advance(1);
        assertThat(arrivals).containsExactly("far");
    }

    @Test
    void aFullTableFloodsWhatItCannotLearn() {
        for (int i = 0; i < SoftwareSwitch.TABLE_SIZE; i++) {
            send(a, MacAddress.numbered(100 + i), A);
        }
        send(b, B, A);
        assertThat(network.knows(B)).isFalse();
    }

    @Test
    void addressesAreWrittenAsUsual() {
        assertThat(MacAddress.describe(A)).isEqualTo("52:54:00:00:00:01");
    }

    private void send(SoftwareSwitch.Port port, long from, long to) {
        port.send(frame(from, to));
        clock.advance(200 * US);
    }

    private static Frame frame(long from, long to) {
        return new Frame(from, to, new Frame.Segment(false, 0, 100));
    }
}
