package dev.godwit.hypervisor.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.network.AnnouncementPolicy;
import dev.godwit.hypervisor.network.Frame;
import dev.godwit.hypervisor.network.MacAddress;
import dev.godwit.hypervisor.network.Server;
import dev.godwit.hypervisor.network.SoftwareSwitch;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Overhead;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The devices of a VM on two hosts, moved by hand. */
class DeviceBoardTest {
    private static final long MS = 1_000_000;
    private static final long BLOCK_NANOS = 31_250;
    private static final long VM = MacAddress.numbered(1);
    private static final long OTHER = MacAddress.numbered(2);

    private final VirtualClock clock = new VirtualClock();
    private final SharedStorage storage = new SharedStorage(
            clock, SharedStorage.DEFAULT_BANDWIDTH_BYTES_PER_SECOND, SharedStorage.DEFAULT_LATENCY_NANOS);
    private final SoftwareSwitch network = new SoftwareSwitch("test", clock);
    private final List<Frame> heard = new ArrayList<>();
    private final SoftwareSwitch.Port neighbour = network.plug(heard::add, 0);
    private final List<Long> applied = new ArrayList<>();
    private final List<Long> completed = new ArrayList<>();
    private boolean executes = true;

    @Test
    void aRequestTrapsAndItsCompletionInterrupts() {
        DeviceBoard board = board(InFlightPolicy.DRAIN);
        board.resume();
        long owed = owed(board);
        board.disk().submit(true, 5, 77);
        assertThat(owed(board) - owed).isEqualTo(Trap.NANOS);
        clock.advance(MS + BLOCK_NANOS - 1);
        assertThat(completed).isEmpty();
        clock.advance(1);
        assertThat(completed).containsExactly(0L);
        assertThat(owed(board) - owed).isEqualTo(2 * Trap.NANOS);
        assertThat(storage.content(5)).isEqualTo(77);
    }

    @Test
    void aFullQueueRefuses() {
        DeviceBoard board = board(InFlightPolicy.DRAIN);
        board.resume();
        for (int i = 0; i < VirtualDisk.QUEUE_SIZE; i++) {
            board.disk().submit(false, i, 0);
        }
        assertThat(board.disk().accepts()).isFalse();
        assertThatThrownBy(() -> board.disk().submit(false, 0, 0)).hasMessageContaining("queue of 256");
    }

    @Test
    void requestsInFlightAreDrainedInThePauseAndReportedWhereTheVmRunsOn() {
        DeviceBoard source = board(InFlightPolicy.DRAIN);
        DeviceBoard destination = board(InFlightPolicy.DRAIN);
        source.resume();
        submitThree(source);
        source.pause();
        assertThat(source.queuedStateBytes()).isEqualTo(3 * DiskRequest.STATE_BYTES);
        assertThat(source.untilQuietNanos()).isEqualTo(MS + 3 * BLOCK_NANOS);
        clock.advance(source.untilQuietNanos());
        assertThat(source.untilQuietNanos()).isZero();
        assertThat(source.queuedStateBytes()).isEqualTo(3 * DiskRequest.STATE_BYTES);
        assertThat(applied).containsExactly(0L, 1L, 2L);
        assertThat(completed).isEmpty();
        move(source, destination);
        assertThat(completed).containsExactly(0L, 1L, 2L);
        assertThat(destination.disk().inFlightAtPause()).isEqualTo(3);
        assertThat(destination.disk().carriedOver()).isZero();
    }

    @Test
    void requestsInFlightAreCarriedOverAndMadeAgain() {
        DeviceBoard source = board(InFlightPolicy.CARRY_OVER);
        DeviceBoard destination = board(InFlightPolicy.CARRY_OVER);
        source.resume();
        submitThree(source);
        source.pause();
        assertThat(source.untilQuietNanos()).isZero();
        clock.advance(10 * MS);
        assertThat(applied).isEmpty();
        assertThat(source.queuedStateBytes()).isEqualTo(3 * DiskRequest.STATE_BYTES);
        move(source, destination);
        assertThat(destination.disk().carriedOver()).isEqualTo(3);
        clock.advance(10 * MS);
        assertThat(applied).containsExactly(0L, 1L, 2L);
        assertThat(completed).containsExactly(0L, 1L, 2L);
        assertThat(storage.content(1)).as("the later of two writes").isEqualTo(12);
    }

    @Test
    void whatNobodyDrainedIsCarriedOver() {
        DeviceBoard source = board(InFlightPolicy.DRAIN);
        DeviceBoard destination = board(InFlightPolicy.DRAIN);
        source.resume();
        submitThree(source);
        source.pause();
        clock.advance(MS + BLOCK_NANOS);
        move(source, destination);
        clock.advance(10 * MS);
        assertThat(applied).containsExactly(0L, 1L, 2L);
        assertThat(completed).containsExactly(0L, 1L, 2L);
        assertThat(destination.disk().carriedOver()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void aVmThatRunsOnWhereItWasLosesNothing(InFlightPolicy policy) {
        DeviceBoard board = board(policy);
        board.resume();
        submitThree(board);
        board.pause();
        clock.advance(10 * MS);
        assertThat(completed).isEmpty();
        board.resume();
        clock.advance(10 * MS);
        assertThat(applied).containsExactly(0L, 1L, 2L);
        assertThat(completed).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aFrameIsServedWhenTheGuestExecutes() {
        DeviceBoard board = board(InFlightPolicy.DRAIN);
        board.resume();
        clock.advance(1);
        heard.clear();
        executes = false;
        ask(0);
        assertThat(heard).isEmpty();
        executes = true;
        ask(0);
        assertThat(board.server().served()).isEqualTo(1);
        // The request that lay in the ring was the same: it is answered, the application does not see it twice.
        assertThat(heard).hasSize(2);
        assertThat(board.server().servedAgain()).isEqualTo(1);
    }

    @Test
    void whatLayInTheRingTravelsAndWhatCameDuringThePauseIsLost() {
        DeviceBoard source = board(InFlightPolicy.DRAIN);
        DeviceBoard destination = board(InFlightPolicy.DRAIN);
        source.resume();
        clock.advance(1);
        executes = false;
        ask(0);
        source.pause();
        long bytes = source.queuedStateBytes();
        assertThat(bytes).isEqualTo(36 + 100);
        ask(1);
        assertThat(source.queuedStateBytes()).isEqualTo(bytes);
        heard.clear();
        executes = true;
        move(source, destination);
        clock.advance(1);
        assertThat(destination.server().served()).isEqualTo(1);
        assertThat(source.nic().lostFrames()).isEqualTo(1);
    }

    @Test
    void whatCameDuringAPauseIsThereForAVmThatRunsOnWhereItWas() {
        DeviceBoard board = board(InFlightPolicy.DRAIN);
        board.resume();
        board.pause();
        ask(0);
        assertThat(board.server().served()).isZero();
        board.resume();
        assertThat(board.server().served()).isEqualTo(1);
        assertThat(board.nic().lostFrames()).isZero();
    }

    @Test
    void aVmThatComesToAHostIsAnnouncedAndTheSwitchLearns() {
        DeviceBoard source = board(InFlightPolicy.DRAIN);
        DeviceBoard destination = board(InFlightPolicy.DRAIN);
        source.resume();
        clock.advance(2_000 * MS);
        assertThat(source.nic().announcements()).isEqualTo(5);
        source.pause();
        heard.clear();
        move(source, destination);
        assertThat(network.knows(VM)).isFalse();
        clock.advance(1);
        assertThat(network.knows(VM)).isTrue();
        assertThat(heard)
                .singleElement()
                .satisfies(frame -> assertThat(frame.destination()).isEqualTo(MacAddress.BROADCAST));
        clock.advance(200 * MS);
        assertThat(heard).hasSize(3);
        // A VM that leaves is announced no more.
        destination.release();
        clock.advance(2_000 * MS);
        assertThat(heard).hasSize(3);
    }

    private void move(DeviceBoard from, DeviceBoard to) {
        to.load(from);
        from.release();
        to.resume();
    }

    /** Two writes to one block, and a read. */
    private static void submitThree(DeviceBoard board) {
        board.disk().submit(true, 1, 11);
        board.disk().submit(true, 1, 12);
        board.disk().submit(false, 1, 0);
    }

    private void ask(long number) {
        neighbour.send(new Frame(OTHER, VM, new Frame.Segment(false, number, 100)));
        clock.advance(1);
    }

    private static long owed(DeviceBoard board) {
        return board.vcpu().owedNanos() + board.vcpu().overheadByCause().getOrDefault(Overhead.DEVICE_REQUEST, 0L);
    }

    private DeviceBoard board(InFlightPolicy policy) {
        Vcpu vcpu = new Vcpu("vcpu", Vcpu.Owner.VM, 0);
        VirtualNic.Setting nic = new VirtualNic.Setting(VM, 1, 0, AnnouncementPolicy.QEMU);
        DeviceBoard board = new DeviceBoard(
                clock,
                vcpu,
                new VirtualDisk(storage, vcpu, policy),
                new VirtualNic(clock, vcpu, network, nic),
                new Server(),
                DeviceBoard.Driver.IDLE);
        board.installIn(() -> executes, () -> true);
        DiskWatch watch = new DiskWatch() {
            @Override
            public void applied(DiskRequest request) {
                applied.add(request.number());
            }

            @Override
            public void completed(DiskRequest request) {
                completed.add(request.number());
            }
        };
        storage.watch(watch);
        board.disk().watch(watch);
        return board;
    }
}
