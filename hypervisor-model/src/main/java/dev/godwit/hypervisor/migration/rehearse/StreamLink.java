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
    private boolean gathers;
    private long gatheredBytes;

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
        if (gathers && stream.batch().hasRoom(1)) {
            gatheredBytes += bytes;
            return;
        }
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

    /** From now on pages go when {@link #flush} is called, or no more can be gathered. */
    void gather() {
        gathers = true;
    }

    /** Sends what was gathered. */
    void flush() {
        if (!stream.batch().isEmpty()) {
            long from = WallClock.nanos();
            stream.sendPages();
            sendingNanos += WallClock.nanos() - from;
            pagesSentBytes += gatheredBytes;
        }
        gatheredBytes = 0;
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
