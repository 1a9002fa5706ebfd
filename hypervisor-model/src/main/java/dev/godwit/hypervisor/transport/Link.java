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
