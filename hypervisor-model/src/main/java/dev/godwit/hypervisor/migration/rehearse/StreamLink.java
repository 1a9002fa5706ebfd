package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.hypervisor.transport.Link;

/**
 * The link of an engine, where bytes are real: those that were encoded into the batch go, and what goes without a batch in
 * the pause is the state of the VM.
 */
final class StreamLink implements Link {
    private static final long MEASURED_FROM_NANOS = 100_000_000;

    private final SourceStream stream;
    private final Session session;
    private final long bandwidthBytesPerSecond;
    private final long latencyNanos;
    private int roundTrips;
    private long pagesSentBytes;
    private long sendingNanos;

    /** What is said at the beginning and in the pause. */
    interface Session {
        /** Says what is migrated. */
        void introduce();

        /** All pages of the pause were sent. */
        void pagesSent();
    }

    StreamLink(SourceStream stream, Session session, long bandwidthBytesPerSecond, long latencyNanos) {
        this.stream = stream;
        this.session = session;
        this.bandwidthBytesPerSecond = bandwidthBytesPerSecond;
        this.latencyNanos = latencyNanos;
    }

    @Override
    public void send(long bytes) {
        if (!stream.batch().isEmpty()) {
            long from = WallClock.nanos();
            stream.sendPages();
            sendingNanos += WallClock.nanos() - from;
            pagesSentBytes += bytes;
        } else if (bytes > 0) {
            session.pagesSent();
            stream.state(Math.toIntExact(bytes));
        }
    }

    /** The encoder was busy for the link. */
    void addReadingNanos(long nanos) {
        sendingNanos += nanos;
    }

    @Override
    public void awaitArrival() {
        stream.awaitArrival();
    }

    /** The first connects, the second agrees on the guest; there are no others. */
    @Override
    public void roundTrip() {
        if (roundTrips++ == 0) {
            stream.connect();
        } else {
            session.introduce();
        }
    }

    /** What it has carried so far, which may be less than it is allowed to. */
    @Override
    public long bandwidthBytesPerSecond() {
        if (sendingNanos < MEASURED_FROM_NANOS) {
            return bandwidthBytesPerSecond;
        }
        return Math.max(1, Math.min(bandwidthBytesPerSecond, (long) (pagesSentBytes * 1e9 / sendingNanos)));
    }

    @Override
    public long latencyNanos() {
        return latencyNanos;
    }

    @Override
    public long sentBytes() {
        return stream.sentBytes();
    }
}
