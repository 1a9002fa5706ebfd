package dev.godwit.hypervisor.device;

import dev.godwit.hypervisor.network.AnnouncementPolicy;
import dev.godwit.hypervisor.network.Frame;
import dev.godwit.hypervisor.network.MacAddress;
import dev.godwit.hypervisor.network.SoftwareSwitch;
import dev.godwit.hypervisor.network.Station;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Overhead;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A NIC of a VM, plugged into the software switch of the host that the VM is on.
 *
 * <p>Frames that came before a pause lie in the ring, which is the guest's and travels with it. Frames that come while the
 * VM stands still wait at the host: for a VM that runs on here they are there, for one that moves they are lost.
 */
public final class VirtualNic implements Station {
    /** Room in the ring; the default of QEMU's virtio-net. */
    static final int RING_SIZE = 256;

    /** Frames that wait at the host for a VM that stands still; the length of the queue of a Linux tap device. */
    static final int BACKLOG_SIZE = 1000;

    /** A used-ring element and a descriptor of virtio, and virtio-net's header. */
    private static final int FRAME_STATE_BYTES = 8 + 16 + 12;

    private final VirtualClock clock;
    private final Vcpu vcpu;
    private final SoftwareSwitch network;
    private final Setting setting;
    private final Deque<Frame> ring = new ArrayDeque<>();
    private final Deque<Frame> backlog = new ArrayDeque<>();
    private SoftwareSwitch.Port port;
    private Runnable onFrame = () -> {};
    private boolean running;
    private long lost;
    private int announcements;

    /**
     * What a NIC is and how it is plugged in.
     *
     * @param mac its address
     * @param address IPv4 address of the guest, which announcements name
     * @param latencyNanos from the switch to the NIC
     * @param announcement what is said when the VM has moved here
     */
    public record Setting(long mac, int address, long latencyNanos, AnnouncementPolicy announcement) {}

    public VirtualNic(VirtualClock clock, Vcpu vcpu, SoftwareSwitch network, Setting setting) {
        this.clock = clock;
        this.vcpu = vcpu;
        this.network = network;
        this.setting = setting;
    }

    /** Sets what is done when a frame has come into the ring. */
    void onFrame(Runnable action) {
        onFrame = action;
    }

    @Override
    public void receive(Frame frame) {
        if (frame.destination() != setting.mac && frame.destination() != MacAddress.BROADCAST) {
            return;
        }
        Deque<Frame> queue = running ? ring : backlog;
        if (queue.size() == (running ? RING_SIZE : BACKLOG_SIZE)) {
            lost++;
        } else {
            queue.add(frame);
        }
        if (running) {
            onFrame.run();
        }
    }

    /** The next frame that the guest takes from the ring, null if there is none; costs it a trap. */
    Frame take() {
        Frame frame = ring.poll();
        if (frame != null) {
            vcpu.owe(Overhead.DEVICE_REQUEST, Trap.NANOS);
        }
        return frame;
    }

    /** The guest sends a frame. */
    public void send(Frame frame) {
        vcpu.owe(Overhead.DEVICE_REQUEST, Trap.NANOS);
        port.send(frame);
    }

    /** A frame of the guest's own, such as its kernel sends to be sure of its neighbours. */
    public void sendOwn() {
        send(announcement());
    }

    private Frame announcement() {
        return new Frame(setting.mac, MacAddress.BROADCAST, new Frame.ArpAnnouncement(setting.address));
    }

    /** The VM stands still. */
    void pause() {
        running = false;
    }

    /** The VM runs, here; a VM that comes to a host is announced. */
    void resume() {
        boolean comes = port == null;
        if (comes) {
            port = network.plug(this, setting.latencyNanos);
        }
        running = true;
        while (!backlog.isEmpty()) {
            receive(backlog.remove());
        }
        if (comes) {
            announcements = 0;
            announce(port);
        }
    }

    /** The VM runs elsewhere, or not at all. */
    void release() {
        running = false;
        lost += backlog.size();
        backlog.clear();
        ring.clear();
        if (port != null) {
            port.unplug();
            port = null;
        }
    }

    /** The hypervisor says for the guest that it is here now, until it has said so often enough or the guest is gone. */
    private void announce(SoftwareSwitch.Port here) {
        if (port != here || announcements == setting.announcement.rounds()) {
            return;
        }
        here.send(announcement());
        announcements++;
        clock.at(clock.nanos() + setting.announcement.delayNanos(announcements), () -> announce(here));
    }

    /** Takes over what the guest had not taken from the ring at its other host. */
    void load(VirtualNic other) {
        restore(other.save());
    }

    /** What the guest has not taken from the ring. */
    List<Frame> save() {
        return List.copyOf(ring);
    }

    /** Goes back to such a state. */
    void restore(List<Frame> saved) {
        ring.clear();
        ring.addAll(saved);
    }

    /** What the ring holds, on the wire. */
    long stateBytes() {
        return ring.stream()
                .mapToLong(frame -> FRAME_STATE_BYTES + frame.bytes())
                .sum();
    }

    /** Frames for the VM that found no room, or waited at a host that the VM left. */
    public long lostFrames() {
        return lost;
    }

    /** Announcements sent since the VM came here. */
    public int announcements() {
        return announcements;
    }

    public long mac() {
        return setting.mac;
    }
}
