package dev.godwit.hypervisor.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** TLS 1.3 over a channel, both sides proven by certificates. One thread may read while another writes. */
final class TlsChannel implements ByteChannel, GatheringByteChannel {
    private static final int RECORDS_AT_ONCE = 8;
    private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

    private final TimedChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer plainIn;

    private TlsChannel(TimedChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        netIn = ByteBuffer.allocateDirect(RECORDS_AT_ONCE * packet).limit(0);
        netOut = ByteBuffer.allocateDirect(RECORDS_AT_ONCE * packet);
        plainIn = ByteBuffer.allocateDirect(engine.getSession().getApplicationBufferSize())
                .limit(0);
    }

    /**
     * Agrees with the peer.
     *
     * @param host whom the source expects its certificate to name; null at the destination
     * @throws LinkException if the peer does not prove who it is; one line
     */
    static TlsChannel open(TimedChannel channel, SSLContext context, String host) throws IOException {
        SSLEngine engine = host == null ? context.createSSLEngine() : context.createSSLEngine(host, 0);
        engine.setUseClientMode(host != null);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        if (host == null) {
            parameters.setNeedClientAuth(true);
        } else {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        TlsChannel tls = new TlsChannel(channel, engine);
        try {
            engine.beginHandshake();
            tls.shakeHands();
            return tls;
        } catch (SSLException bad) {
            tls.tellWhy();
            throw new LinkException("peer " + channel.peer() + " refused: " + bad.getMessage(), bad);
        }
    }

    /** Lets the peer know, if it still listens; that it may not changes nothing. */
    private void tellWhy() {
        try {
            wrap(NOTHING, 0, 1);
        } catch (IOException gone) {
            // It is refused anyway.
        }
    }

    private void shakeHands() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrap(NOTHING, 0, 1);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        throw new SSLException("it closed the connection before it had proven who it is");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        while (!plainIn.hasRemaining()) {
            if (!unwrap()) {
                return -1;
            }
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                runTasks();
            }
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING, 0, 1);
            }
        }
        int bytes = Math.min(into.remaining(), plainIn.remaining());
        int limit = plainIn.limit();
        into.put(plainIn.limit(plainIn.position() + bytes));
        plainIn.limit(limit);
        return bytes;
    }

    /** Takes one record, of data or not; false if the peer has closed. */
    private boolean unwrap() throws IOException {
        while (true) {
            plainIn.clear();
            SSLEngineResult result = engine.unwrap(netIn, plainIn);
            plainIn.flip();
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a record larger than TLS allows");
                case BUFFER_UNDERFLOW -> {
                    netIn.compact();
                    int read = channel.read(netIn);
                    netIn.flip();
                    if (read < 0) {
                        return false;
                    }
                }
            }
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return (int) write(new ByteBuffer[] {from}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long bytes = left(from, offset, length);
        if (bytes > 0) {
            wrap(from, offset, length);
        }
        return bytes;
    }

    /** Encrypts and sends all; at least one record. The reading thread comes here too, to answer the protocol itself. */
    private synchronized void wrap(ByteBuffer[] from, int offset, int length) throws IOException {
        int packet = netOut.capacity() / RECORDS_AT_ONCE;
        do {
            netOut.clear();
            do {
                SSLEngineResult result = engine.wrap(from, offset, length, netOut);
                if (result.getStatus() != SSLEngineResult.Status.OK) {
                    channel.write(netOut.flip());
                    if (left(from, offset, length) > 0) {
                        throw new LinkException("connection to " + channel.peer() + " is closed");
                    }
                    return;
                }
            } while (left(from, offset, length) > 0 && netOut.remaining() >= packet);
            channel.write(netOut.flip());
        } while (left(from, offset, length) > 0);
    }

    private static long left(ByteBuffer[] from, int offset, int length) {
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            bytes += from[i].remaining();
        }
        return bytes;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    /** Without a goodbye, for which a peer that takes nothing would have to be waited for: a stream has an end of its own. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
