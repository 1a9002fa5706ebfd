package dev.godwit.hypervisor.network;

import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A learning bridge (IEEE 802.1D): it notes behind which port it last saw each sender, and leads frames for it there; a
 * frame for an address it does not know goes to every port but the one it came by.
 *
 * <p>Example: a VM moves to another host and stays silent. The switch goes on leading frames to the port of the old host,
 * where they are lost, until it sees a frame of the VM's from the new one, or forgets the entry.
 */
public final class SoftwareSwitch {
    /** How long an entry lives without a frame of its sender: the default of IEEE 802.1D and of Linux bridges, 300 s. */
    public static final long AGEING_NANOS = 300_000_000_000L;

    /** Senders that are remembered at most; one more is not learned, and frames for it are flooded. As in Open vSwitch. */
    public static final int TABLE_SIZE = 8192;

    private final String name;
    private final VirtualClock clock;
    private final long ageingNanos;
    private final List<Port> ports = new ArrayList<>();
    private final Map<Long, Entry> table = new HashMap<>();
    private long forwarded;
    private long flooded;
    private long dropped;

    private record Entry(Port port, long seenNanos) {}

    public SoftwareSwitch(String name, VirtualClock clock) {
        this(name, clock, AGEING_NANOS);
    }

    /**
     * @param name for messages
     * @param clock whose time frames travel in
     * @param ageingNanos how long an entry lives without a frame of its sender
     */
    public SoftwareSwitch(String name, VirtualClock clock, long ageingNanos) {
        this.name = name;
        this.clock = clock;
        this.ageingNanos = ageingNanos;
    }

    /** Where a station is plugged in. */
    public final class Port {
        private final Station station;
        private final long latencyNanos;
        private boolean plugged = true;

        private Port(Station station, long latencyNanos) {
            this.station = station;
            this.latencyNanos = latencyNanos;
        }

        /** A frame of the station's: reaches the switch after the latency of the cable. */
        public void send(Frame frame) {
            clock.at(clock.nanos() + latencyNanos, () -> forward(this, frame));
        }

        private void deliver(Frame frame) {
            clock.at(clock.nanos() + latencyNanos, () -> {
                if (plugged) {
                    station.receive(frame);
                }
            });
        }

        /** The station is gone: what is on its way to it is lost, and what was learned of this port is forgotten. */
        public void unplug() {
            plugged = false;
            ports.remove(this);
            table.values().removeIf(entry -> entry.port == this);
        }
    }

    /**
     * Plugs a station in.
     *
     * @param station gets frames
     * @param latencyNanos of its cable, one way
     */
    public Port plug(Station station, long latencyNanos) {
        Port port = new Port(station, latencyNanos);
        ports.add(port);
        return port;
    }

    /** Joins two switches by a cable. */
    public static void join(SoftwareSwitch one, SoftwareSwitch other, long latencyNanos) {
        Uplink toOther = new Uplink();
        Uplink toOne = new Uplink();
        Port atOne = one.plug(toOther, latencyNanos);
        Port atOther = other.plug(toOne, latencyNanos);
        // What a switch delivers to its uplink has crossed the cable and is the other's to forward at once.
        toOther.far = frame -> other.forward(atOther, frame);
        toOne.far = frame -> one.forward(atOne, frame);
    }

    private static final class Uplink implements Station {
        private Station far;

        @Override
        public void receive(Frame frame) {
            far.receive(frame);
        }
    }

    private void forward(Port from, Frame frame) {
        if (!from.plugged) {
            dropped++;
            return;
        }
        learn(frame.source(), from);
        Port to = frame.destination() == MacAddress.BROADCAST ? null : known(frame.destination());
        if (to == null) {
            flooded++;
            for (Port port : List.copyOf(ports)) {
                if (port != from) {
                    port.deliver(frame);
                }
            }
        } else if (to == from) {
            // Its receiver is where it came from: another switch has led it here for nothing.
            dropped++;
        } else {
            forwarded++;
            to.deliver(frame);
        }
    }

    private void learn(long address, Port port) {
        if (table.size() < TABLE_SIZE || table.containsKey(address)) {
            table.put(address, new Entry(port, clock.nanos()));
        }
    }

    private Port known(long address) {
        Entry entry = table.get(address);
        if (entry != null && clock.nanos() - entry.seenNanos >= ageingNanos) {
            table.remove(address);
            return null;
        }
        return entry == null ? null : entry.port;
    }

    /** True if frames for an address go to one port alone. */
    public boolean knows(long address) {
        return known(address) != null;
    }

    /** Frames that were led to one port. */
    public long forwarded() {
        return forwarded;
    }

    /** Frames that went to all ports, broadcasts included. */
    public long flooded() {
        return flooded;
    }

    /** Frames that were led nowhere. */
    public long dropped() {
        return dropped;
    }

    @Override
    public String toString() {
        return name;
    }
}
