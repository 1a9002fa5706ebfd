package dev.godwit.hypervisor.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Where a destination host waits for sources. {@link #close} may come from any thread, and ends {@link #accept}. */
public final class TcpListener implements AutoCloseable {
    private final ServerSocketChannel server;
    private final TcpOptions options;

    private TcpListener(ServerSocketChannel server, TcpOptions options) {
        this.server = server;
        this.options = options;
    }

    /**
     * Listens.
     *
     * @param address with port 0 for any that is free
     * @throws LinkException if it cannot; one line
     */
    public static TcpListener open(InetSocketAddress address, TcpOptions options) throws IOException {
        if (address.isUnresolved()) {
            throw new LinkException("cannot listen at " + address.getHostString() + ": there is no such address");
        }
        TcpLink.requireProtected(address.getAddress(), options, "listen at " + address);
        if (options.tls().isPresent()) {
            // Files that cannot be used are told now, not to the first peer.
            options.tls().get().context();
        }
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(address);
            return new TcpListener(server, options);
        } catch (IOException refused) {
            server.close();
            throw new LinkException("cannot listen at " + address + ": " + refused.getMessage(), refused);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    /**
     * Waits for the next peer. Nothing of it was read yet: {@link TcpLink#greet} it, on a thread of its own if others are
     * not to wait for one that is slow.
     *
     * @throws java.nio.channels.ClosedChannelException if the listener was closed
     */
    public TcpLink accept() throws IOException {
        SocketChannel socket = server.accept();
        try {
            return new TcpLink(socket, options, null);
        } catch (IOException gone) {
            socket.close();
            throw new LinkException("a peer was gone before it was met: " + gone.getMessage(), gone);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
