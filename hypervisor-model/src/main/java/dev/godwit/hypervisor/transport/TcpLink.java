package dev.godwit.hypervisor.transport;

import dev.godwit.hypervisor.sim.WallClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A real connection between two hosts, with a bandwidth and a latency on top of its own. What is written is encrypted if
 * that was asked for, and paced: {@link #write} returns when the bytes have left, or are on the modelled cable.
 *
 * <p>A peer that does not introduce itself, breaks off, or is silent for too long is dropped with a {@link LinkException} of one line. One
 * thread may read while another writes; {@link #close} may come from any, and ends what the others wait for.
 */
public final class TcpLink implements ByteChannel, GatheringByteChannel {
    /** What is paced as one, at least: at 1 Gbit/s half a millisecond. */
    private static final int PIECE_BYTES = 64 << 10;

    /** What is paced as one on a faster link. */
    private static final long PIECE_NANOS = 500_000;

    private static final int LARGEST_PIECE_BYTES = 1 << 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** A thread that sleeps wakes late; what it missed may be made up for, up to so much. */
    private static final long BURST_NANOS = 4_000_000;

    private static final long MOST_DELAYED_BYTES = 64 << 20;

    private final TimedChannel socket;
    private final TcpOptions options;
    private final String connectedTo;
    private GatheringByteChannel channel;
    private TokenBucket bucket;
    private int pieceBytes = PIECE_BYTES;
    private DelayLine delay;
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();

    /** @param connectedTo the host that was asked for; null if the peer came by itself */
    TcpLink(SocketChannel socket, TcpOptions options, String connectedTo) throws IOException {
        this.socket = new TimedChannel(socket, options.idleNanos());
        this.options = options;
        this.connectedTo = connectedTo;
    }

    /**
     * Connects to a host, and greets it.
     *
     * @throws LinkException if nobody listens there, or the peer is not who it should be; one line
     */
    public static TcpLink connect(InetSocketAddress address, TcpOptions options) throws IOException {
        if (address.isUnresolved()) {
            throw new LinkException("cannot connect to " + address.getHostString() + ": there is no such host");
        }
        requireProtected(address.getAddress(), options, "connect to " + address);
        SocketChannel socket = SocketChannel.open();
        TcpLink link = null;
        try {
            connect(socket, address, options.greetingNanos());
            link = new TcpLink(socket, options, address.getHostString());
            link.greet();
            return link;
        } catch (LinkException | RuntimeException failed) {
            close(link, socket);
            throw failed;
        } catch (IOException failed) {
            close(link, socket);
            throw new LinkException("cannot connect to " + address + ": " + failed.getMessage(), failed);
        }
    }

    private static void close(TcpLink link, SocketChannel socket) throws IOException {
        if (link != null) {
            link.close();
        } else {
            socket.close();
        }
    }

    private static void connect(SocketChannel socket, InetSocketAddress address, long atMostNanos) throws IOException {
        socket.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            if (!socket.connect(address)) {
                socket.register(selector, SelectionKey.OP_CONNECT);
                if (selector.select(atMostNanos / 1_000_000 + 1) == 0) {
                    throw new LinkException("cannot connect to " + address + ": it does not answer");
                }
                socket.finishConnect();
            }
        }
    }

    /** Refuses what would send a program's memory over a network for everyone to read. */
    static void requireProtected(InetAddress address, TcpOptions options, String what) throws LinkException {
        if (options.tls().isEmpty() && !options.plainAnywhere() && !address.isLoopbackAddress()) {
            throw new LinkException("will not " + what + " without TLS: it is not this machine;"
                    + " give certificates, or allow connections that are not encrypted");
        }
    }

    /**
     * Introduces this host, and has the peer do so. Needed once, before anything is read or written; {@link #connect} has
     * done it.
     *
     * @throws LinkException if the peer is dropped; one line
     */
    public void greet() throws IOException {
        socket.setDeadline(WallClock.nanos() + options.greetingNanos());
        try {
            GatheringByteChannel opened = socket;
            ByteChannel both = socket;
            if (options.tls().isPresent()) {
                TlsChannel tls = TlsChannel.open(socket, options.tls().get().context(), connectedTo);
                opened = tls;
                both = tls;
            }
            Greeting greeting = new Greeting(both, options.secret(), socket.peer());
            if (connectedTo == null) {
                greeting.answer();
            } else {
                greeting.begin();
            }
            prepare(opened);
        } catch (LinkException dropped) {
            close();
            throw dropped;
        } catch (IOException broken) {
            close();
            throw new LinkException("peer " + socket.peer() + " dropped: " + broken.getMessage(), broken);
        } finally {
            socket.clearDeadline();
        }
    }

    private void prepare(GatheringByteChannel opened) {
        long rate = options.bandwidthBytesPerSecond();
        if (rate > 0) {
            double piece = (double) rate * PIECE_NANOS / NANOS_PER_SECOND;
            pieceBytes = (int) Math.max(PIECE_BYTES, Math.min(LARGEST_PIECE_BYTES, piece));
            long burst = Math.max(pieceBytes, rate * BURST_NANOS / NANOS_PER_SECOND);
            bucket = new TokenBucket(rate, burst, WallClock.nanos());
        }
        if (options.latencyNanos() > 0) {
            double onTheWay = rate == 0 ? MOST_DELAYED_BYTES : 2.0 * rate * options.latencyNanos() / NANOS_PER_SECOND;
            long most = (long) Math.min(MOST_DELAYED_BYTES, Math.max(PIECE_BYTES * 4L, onTheWay));
            delay = new DelayLine(opened, options.latencyNanos(), most);
        }
        channel = opened;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int bytes = ((ByteChannel) greeted()).read(into);
        receivedBytes.addAndGet(Math.max(0, bytes));
        return bytes;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return (int) write(new ByteBuffer[] {from}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    /** Sends all of the buffers. */
    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        greeted();
        long bytes = 0;
        if (bucket == null && delay == null) {
            bytes = channel.write(from, offset, length);
        } else {
            for (int i = offset; i < offset + length; i++) {
                bytes += from[i].remaining();
                writePaced(from[i]);
            }
        }
        sentBytes.addAndGet(bytes);
        return bytes;
    }

    private void writePaced(ByteBuffer from) throws IOException {
        int end = from.limit();
        while (from.position() < end) {
            from.limit(Math.min(end, from.position() + pieceBytes));
            if (bucket != null) {
                sleep(bucket.take(from.remaining(), WallClock.nanos()));
            }
            if (delay == null) {
                channel.write(from);
            } else {
                delay.put(from);
            }
        }
        from.limit(end);
    }

    private static void sleep(long nanos) throws LinkException {
        long until = WallClock.nanos() + nanos;
        for (long left = nanos; left > 0; left = until - WallClock.nanos()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new LinkException("sending given up: interrupted");
            }
        }
    }

    /** Waits until what was written has left this host. */
    public void flush() throws IOException {
        if (delay != null) {
            delay.drain();
        }
    }

    /**
     * Sets how long a read waits for the peer before it is dropped: {@link TcpOptions#idleNanos} at first.
     *
     * @param nanos 0 if it may be silent, as a destination that has nothing to say is
     */
    public void setReadTimeoutNanos(long nanos) {
        socket.setReadNanos(nanos);
    }

    /** Bytes written so far; what encryption adds is not among them. */
    public long sentBytes() {
        return sentBytes.get();
    }

    /** Bytes read so far. */
    public long receivedBytes() {
        return receivedBytes.get();
    }

    /** Address of the other end, for messages. */
    public String peer() {
        return socket.peer();
    }

    private GatheringByteChannel greeted() {
        if (channel == null) {
            throw new IllegalStateException("greet the peer first");
        }
        return channel;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    /** Closes at once; what was written and not {@link #flush flushed} may be lost. */
    @Override
    public void close() throws IOException {
        if (delay != null) {
            delay.close();
        }
        socket.close();
    }
}
