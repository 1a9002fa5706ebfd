package dev.godwit.hypervisor.transport;

/** A full-duplex connection between two hosts. Knows bytes, not pages. */
public interface Link {

    /**
     * Puts bytes on the wire and returns when the last one has left. It arrives {@link #latencyNanos()} later.
     *
     * @param bytes how many, not negative
     */
    void send(long bytes);

    /** Waits until what was sent last has arrived at the other end. */
    void awaitArrival();

    /** Sends something too small to count and waits for its answer. */
    void roundTrip();

    /**
     * Puts bytes on the wire in the other direction, behind what is on its way there already, and does not wait.
     *
     * @param bytes how many, not negative
     * @return when they will have arrived, unless the link fails before
     * @throws UnsupportedOperationException if this link is used in one direction only
     */
    default long sendBack(long bytes) {
        throw new UnsupportedOperationException("this link carries nothing back");
    }

    /** Bytes given to {@link #sendBack} so far. */
    default long sentBackBytes() {
        return 0;
    }

    /** What the link carries in the other direction, like {@link #bandwidthBytesPerSecond} at this moment. */
    default long backBandwidthBytesPerSecond() {
        return bandwidthBytesPerSecond();
    }

    /** Nobody uses it any more: what breaks from now on is nobody's concern. */
    default void close() {}

    /** What the link carries, in one direction. */
    long bandwidthBytesPerSecond();

    /** One way. */
    long latencyNanos();

    /** Bytes given to {@link #send} so far. */
    long sentBytes();

    /** How long sending takes, latency left out. */
    default long sendingNanos(long bytes) {
        return (long) Math.ceil(bytes * 1e9 / bandwidthBytesPerSecond());
    }
}
