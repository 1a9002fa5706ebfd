package dev.godwit.hypervisor.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientTest {
    private static final long MS = 1_000_000;
    private static final long VM = MacAddress.numbered(1);
    private static final long CLIENT = MacAddress.numbered(2);

    private final VirtualClock clock = new VirtualClock();
    private final SoftwareSwitch network = new SoftwareSwitch("test", clock);
    private final Client client = new Client(clock, new Client.Setting(CLIENT, VM, 10 * MS, 100));
    private final Server server = new Server();
    private final List<Long> heardNanos = new ArrayList<>();
    private final List<Long> served = new ArrayList<>();
    private final List<Long> answered = new ArrayList<>();
    private SoftwareSwitch.Port vm;
    private boolean deaf;
    private boolean mute;

    @BeforeEach
    void connect() {
        client.join(network, 0);
        vm = network.plug(this::hear, 0);
        ConversationWatch watch = new ConversationWatch() {
            @Override
            public void served(long number, long nanos) {
                served.add(number);
            }

            @Override
            public void answered(long number, long nanos) {
                answered.add(number);
            }
        };
        client.watch(watch);
        server.watch(watch);
    }

    private void hear(Frame frame) {
        heardNanos.add(clock.nanos());
        if (!deaf) {
            server.serve(frame, clock.nanos()).filter(answer -> !mute).ifPresent(vm::send);
        }
    }

    @Test
    void oneRequestFollowsTheOtherAtItsPeriod() {
        client.start();
        clock.advance(95 * MS);
        assertThat(answered).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(served).isEqualTo(answered);
        assertThat(client.longestGapNanos()).isEqualTo(10 * MS);
        assertThat(client.retransmissions()).isZero();
    }

    @Test
    void whatIsNotAnsweredIsSentAgainAfterADelayThatDoubles() {
        deaf = true;
        client.start();
        clock.advance(3_500 * MS);
        assertThat(heardNanos).containsExactly(0L, 200 * MS, 600 * MS, 1_400 * MS, 3_000 * MS);
        assertThat(client.longestGapNanos()).isEqualTo(3_500 * MS);
        deaf = false;
        clock.advance(3_000 * MS);
        assertThat(answered).startsWith(0L, 1L);
        assertThat(client.longestGapNanos()).isEqualTo(6_200 * MS);
    }

    @Test
    void aRequestWhoseAnswerWasLostReachesTheApplicationOnce() {
        mute = true;
        client.start();
        clock.advance(100 * MS);
        mute = false;
        clock.advance(105 * MS);
        assertThat(server.servedAgain()).isEqualTo(1);
        assertThat(served).containsExactly(0L, 1L);
        assertThat(answered).containsExactly(0L, 1L);
    }

    @Test
    void anAnswerThatComesTwiceReachesTheApplicationOnce() {
        client.start();
        clock.advance(5 * MS);
        vm.send(new Frame(VM, CLIENT, new Frame.Segment(true, 0, 100)));
        clock.advance(MS);
        assertThat(answered).containsExactly(0L);
        assertThat(client.strayAnswers()).isEqualTo(1);
    }

    @Test
    void theConnectionIsLostAfterFifteenRetransmissions() {
        deaf = true;
        client.start();
        clock.advance(3_600_000 * MS);
        assertThat(client.isConnectionLost()).isTrue();
        assertThat(client.retransmissions()).isEqualTo(15);
        // 0.2 s doubled nine times, then 120 s: 924.6 s as Linux says of tcp_retries2.
        long sum = 0;
        for (int i = 0; i <= 15; i++) {
            sum += Client.timeoutNanos(i);
        }
        assertThat(sum).isEqualTo(924_600 * MS);
    }

    @Test
    void aServerThatWasSetBackRefusesWhatDoesNotFollow() {
        client.start();
        clock.advance(55 * MS);
        server.load(new Server());
        clock.advance(300 * MS);
        assertThat(server.refused()).isPositive();
        assertThat(answered).hasSize(6);
    }

    @Test
    void qemuAnnouncesFiveTimes() {
        AnnouncementPolicy qemu = AnnouncementPolicy.QEMU;
        assertThat(List.of(qemu.delayNanos(1), qemu.delayNanos(2), qemu.delayNanos(3), qemu.delayNanos(4)))
                .containsExactly(50 * MS, 150 * MS, 250 * MS, 350 * MS);
        assertThat(qemu.delayNanos(20)).isEqualTo(550 * MS);
        assertThat(qemu.rounds()).isEqualTo(5);
    }
}
