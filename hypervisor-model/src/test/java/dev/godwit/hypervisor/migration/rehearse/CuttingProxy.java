package dev.godwit.hypervisor.migration.rehearse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between source and destination, and can cut the connection or let it fall silent. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress destination;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    private CuttingProxy(ServerSocket server, InetSocketAddress destination) {
        this.server = server;
        this.destination = destination;
    }

    static CuttingProxy to(InetSocketAddress destination) throws IOException {
        ServerSocket server = new ServerSocket();
        // Little room on the way: what is sent is soon waited for.
        server.setReceiveBufferSize(1 << 16);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        CuttingProxy proxy = new CuttingProxy(server, destination);
        daemon(proxy::serve);
        return proxy;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void serve() {
        try {
            while (true) {
                Socket source = server.accept();
                Socket forward = new Socket(destination.getAddress(), destination.getPort());
                sockets.addAll(List.of(source, forward));
                daemon(() -> pump(source, forward));
                daemon(() -> pump(forward, source));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 15];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                while (silent) {
                    Thread.sleep(10);
                }
                out.write(buffer, 0, read);
            }
            // The end of one is the end of the other.
            to.close();
        } catch (IOException | InterruptedException cut) {
            // As it should be.
        }
    }

    void cut() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void fallSilent() {
        silent = true;
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
