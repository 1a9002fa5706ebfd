package dev.godwit.hypervisor.network;

/**
 * An Ethernet frame.
 *
 * @param source address of the sender
 * @param destination address of the receiver, or {@link MacAddress#BROADCAST}
 * @param payload what it is about
 */
public record Frame(long source, long destination, Payload payload) {

    /** What a frame carries. */
    public sealed interface Payload permits ArpAnnouncement, Segment {

        /** Size on the wire with the headers of Ethernet. */
        int bytes();
    }

    /**
     * A gratuitous ARP: a request whose sender and target address are the same (RFC 5227, section 3). Whoever sees it
     * knows behind which port the sender is.
     *
     * @param address IPv4 address
     */
    public record ArpAnnouncement(int address) implements Payload {
        /** The smallest frame there is. */
        private static final int BYTES = 64;

        @Override
        public int bytes() {
            return BYTES;
        }
    }

    /**
     * Part of a conversation over a reliable connection.
     *
     * @param response true if it answers
     * @param number of the request, from zero
     * @param bytes size on the wire
     */
    public record Segment(boolean response, long number, int bytes) implements Payload {}

    /** A frame back to whom this one came from. */
    public Frame reply(Payload answer) {
        return new Frame(/* source= */ destination, /* destination= */ source, answer);
    }

    /** Size on the wire. */
    public int bytes() {
        return payload.bytes();
    }
}
