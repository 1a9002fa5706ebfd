package dev.godwit.hypervisor.transport;

import dev.godwit.hypervisor.sim.WallClock;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection that blocks, but not for ever: a peer that gives or takes nothing for too long is an error. One thread may read
 * while another writes.
 */
final class TimedChannel implements ByteChannel, GatheringByteChannel {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** For {@link #setReadNanos}: a peer may be silent as long as it likes. */
    static final long FOR_EVER = 0;

    private final SocketChannel socket;
    private final Selector readable;
    private final Selector writable;
    private final String peer;
    private final long writeNanos;
    private volatile long readNanos;
    private volatile long deadlineNanos;
    private volatile boolean hasDeadline;

    TimedChannel(SocketChannel socket, long idleNanos) throws IOException {
        this.socket = socket;
        this.readNanos = idleNanos;
        this.writeNanos = idleNanos;
        peer = String.valueOf(socket.getRemoteAddress());
        socket.configureBlocking(false);
        // Answers to faults must not wait for more to send, and a host that has gone must be noticed.
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        readable = Selector.open();
        writable = Selector.open();
        socket.register(readable, SelectionKey.OP_READ);
        socket.register(writable, SelectionKey.OP_WRITE);
    }

    String peer() {
        return peer;
    }

    /** How long a read waits for the peer; {@link #FOR_EVER} if it may be silent. */
    void setReadNanos(long nanos) {
        readNanos = nanos;
    }

    /** Until {@link #clearDeadline}, nothing waits longer than until then. */
    void setDeadline(long nanos) {
        deadlineNanos = nanos;
        hasDeadline = true;
    }

    void clearDeadline() {
        hasDeadline = false;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (true) {
            int read = (int) attempt(() -> socket.read(into));
            if (read != 0 || !into.hasRemaining()) {
                return read;
            }
            await(readable, readNanos, "sent nothing");
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int bytes = from.remaining();
        while (from.hasRemaining()) {
            if (attempt(() -> socket.write(from)) == 0) {
                await(writable, writeNanos, "took nothing");
            }
        }
        return bytes;
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long left = 0;
        for (int i = offset; i < offset + length; i++) {
            left += from[i].remaining();
        }
        long bytes = left;
        while (left > 0) {
            long written = attempt(() -> socket.write(from, offset, length));
            left -= written;
            if (written == 0) {
                await(writable, writeNanos, "took nothing");
            }
        }
        return bytes;
    }

    private interface Transfer {
        long run() throws IOException;
    }

    private long attempt(Transfer transfer) throws IOException {
        try {
            return transfer.run();
        } catch (ClosedChannelException closedHere) {
            throw closedHere;
        } catch (IOException broken) {
            throw new LinkException("connection to " + peer + " is broken: " + broken.getMessage(), broken);
        }
    }

    private void await(Selector selector, long atMostNanos, String silence) throws IOException {
        long from = WallClock.nanos();
        while (true) {
            long waited = WallClock.nanos() - from;
            long left = atMostNanos == FOR_EVER ? Long.MAX_VALUE : atMostNanos - waited;
            if (hasDeadline) {
                left = Math.min(left, deadlineNanos - WallClock.nanos());
            }
            if (left <= 0) {
                String limit = hasDeadline ? "in the time it had" : "for " + waited / NANOS_PER_MILLI + " ms";
                throw new LinkException("peer " + peer + " dropped: it " + silence + " " + limit);
            }
            // A minute at most: time limits may change while a thread waits here.
            int ready = selector.select(Math.min(60_000, left / NANOS_PER_MILLI + 1));
            selector.selectedKeys().clear();
            if (ready > 0 || !socket.isOpen()) {
                return;
            }
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new LinkException("connection to " + peer + " given up: interrupted");
            }
        }
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        try {
            socket.close();
        } finally {
            // Closing a selector wakes whoever waits in it, and lets go of the socket.
            readable.close();
            writable.close();
        }
    }
}
