package dev.godwit.hypervisor.machine;

import dev.godwit.hypervisor.device.DeviceBoard;
import dev.godwit.hypervisor.device.DiskWatch;
import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.device.SharedStorage;
import dev.godwit.hypervisor.device.VirtualDisk;
import dev.godwit.hypervisor.device.VirtualNic;
import dev.godwit.hypervisor.network.AnnouncementPolicy;
import dev.godwit.hypervisor.network.Client;
import dev.godwit.hypervisor.network.ConversationWatch;
import dev.godwit.hypervisor.network.MacAddress;
import dev.godwit.hypervisor.network.Server;
import dev.godwit.hypervisor.network.SoftwareSwitch;
import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayList;
import java.util.List;

/**
 * What the hosts of a VM have in common: storage, and a network with a client of the VM's in it.
 *
 * <pre>
 *  client --- switch of the rack --+-- switch of one host ---- NIC of the VM
 *                                  |
 *                                  +-- switch of the other --- NIC of the VM, when it is there
 * </pre>
 */
public final class Surroundings {
    private static final long MAC = MacAddress.numbered(1);
    private static final long CLIENT_MAC = MacAddress.numbered(2);
    /** 192.0.2.1, of the block for documentation (RFC 5737). */
    private static final int ADDRESS = 0xC0_00_02_01;

    private static final int REQUEST_BYTES = 128;
    private static final long SETTLING_STEP_NANOS = 1_000_000;

    private final VirtualClock clock;
    private final Setting setting;
    private final SharedStorage storage;
    private final SoftwareSwitch rack;
    private final Client client;
    private final List<DeviceBoard> boards = new ArrayList<>();

    /**
     * How devices behave.
     *
     * @param inFlight what becomes of requests to the disk that are in flight at a pause
     * @param announcement what is said when the VM has come to a host
     * @param latencyNanos of each cable, one way
     * @param requestPeriodNanos from one request of the client to the next
     */
    public record Setting(
            InFlightPolicy inFlight, AnnouncementPolicy announcement, long latencyNanos, long requestPeriodNanos) {
        private static final long REQUEST_PERIOD_NANOS = 10_000_000;

        /** As QEMU does it; a request every 10 ms. */
        public static Setting asQemu(long latencyNanos) {
            return new Setting(InFlightPolicy.DRAIN, AnnouncementPolicy.QEMU, latencyNanos, REQUEST_PERIOD_NANOS);
        }

        public Setting withInFlight(InFlightPolicy value) {
            return new Setting(value, announcement, latencyNanos, requestPeriodNanos);
        }

        public Setting withAnnouncement(AnnouncementPolicy value) {
            return new Setting(inFlight, value, latencyNanos, requestPeriodNanos);
        }
    }

    /** Made when the VMs' hosts are aboard the clock already: they are run before what surrounds them. */
    public Surroundings(VirtualClock clock, Setting setting) {
        this.clock = clock;
        this.setting = setting;
        storage = new SharedStorage(
                clock, SharedStorage.DEFAULT_BANDWIDTH_BYTES_PER_SECOND, SharedStorage.DEFAULT_LATENCY_NANOS);
        rack = new SoftwareSwitch("rack", clock);
        client = new Client(clock, new Client.Setting(CLIENT_MAC, MAC, setting.requestPeriodNanos, REQUEST_BYTES));
        client.join(rack, setting.latencyNanos);
    }

    /**
     * Gives a VM a disk and a NIC, on a host with a switch of its own.
     *
     * @param driver what the guest does with them; both VMs of a migration have the same, which goes where the guest goes
     */
    public void install(VirtualMachine vm, DeviceBoard.Driver driver) {
        SoftwareSwitch network = new SoftwareSwitch("switch of " + vm.name(), clock);
        SoftwareSwitch.join(network, rack, setting.latencyNanos);
        VirtualNic.Setting nic = new VirtualNic.Setting(MAC, ADDRESS, 0, setting.announcement);
        DeviceBoard board = new DeviceBoard(
                clock,
                vm.vcpu(),
                new VirtualDisk(storage, vm.vcpu(), setting.inFlight),
                new VirtualNic(clock, vm.vcpu(), network, nic),
                new Server(),
                driver);
        boards.add(board);
        vm.install(board);
    }

    /** Has all that becomes of requests told, by both VMs, the storage and the client. */
    public void watch(DiskWatch requests, ConversationWatch conversation) {
        storage.watch(requests);
        client.watch(conversation);
        for (DeviceBoard board : boards) {
            board.disk().watch(requests);
            board.server().watch(conversation);
        }
    }

    /**
     * Lets time pass until the client has had answers again and what the disk was asked for before is done: what a
     * migration interrupted has come to rest.
     *
     * @param vm the VM as it runs now
     * @param atMostNanos how long to wait at most
     */
    public void settle(VirtualMachine vm, long atMostNanos) {
        long answers = client.answers();
        long requests = vm.devices().orElseThrow().disk().requests();
        long untilNanos = clock.nanos() + atMostNanos;
        while (clock.nanos() < untilNanos
                && !client.isConnectionLost()
                && (client.answers() < answers + 2
                        || vm.devices().orElseThrow().disk().completed() < requests)) {
            clock.advance(SETTLING_STEP_NANOS);
        }
    }

    /** The one who talks with the VM. */
    public Client client() {
        return client;
    }

    public SharedStorage storage() {
        return storage;
    }
}
