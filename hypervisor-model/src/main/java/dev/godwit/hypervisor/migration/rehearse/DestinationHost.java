package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TcpListener;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A destination host: takes the memory of one guest after the other and compares it with its source's. A peer that sends
 * rubbish, stops in the middle or says nothing is dropped with one line; others are served meanwhile.
 */
public final class DestinationHost implements AutoCloseable {
    /** Connections at a time, up to two for each migration; more wait in the kernel's queue. */
    private static final int MOST_PEERS = 8;

    /** Name of the threads that serve a peer each. */
    static final String THREAD_NAME = "godwit-migration";

    private final TcpListener listener;
    private final long memoryBytes;
    private final List<Path> storage;
    private final Consumer<String> log;
    private final Semaphore places = new Semaphore(MOST_PEERS);
    private final Map<String, IncomingMigration> sessions = new ConcurrentHashMap<>();

    private DestinationHost(TcpListener listener, long memoryBytes, List<Path> storage, Consumer<String> log) {
        this.listener = listener;
        this.memoryBytes = memoryBytes;
        this.storage = storage;
        this.log = log;
    }

    /**
     * Listens.
     *
     * @param memoryBytes of one guest at most
     * @param log gets a line for each peer; from several threads
     * @throws IOException if it cannot; one line
     */
    public static DestinationHost listen(
            InetSocketAddress address, TcpOptions options, long memoryBytes, Consumer<String> log) throws IOException {
        return listen(address, options, memoryBytes, List.of(), log);
    }

    /**
     * Listens, and reads pages from files that a source names instead of having them sent.
     *
     * @param storage directories; nothing outside of them is read
     */
    public static DestinationHost listen(
            InetSocketAddress address, TcpOptions options, long memoryBytes, List<Path> storage, Consumer<String> log)
            throws IOException {
        return new DestinationHost(TcpListener.open(address, options), memoryBytes, List.copyOf(storage), log);
    }

    /** Where it listens. */
    public InetSocketAddress address() throws IOException {
        return listener.address();
    }

    /** Serves until it is closed. */
    public void serve() throws IOException, InterruptedException {
        while (true) {
            places.acquire();
            TcpLink link;
            try {
                link = listener.accept();
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException gone) {
                places.release();
                log.accept(gone.getMessage());
                continue;
            }
            Thread thread = new Thread(() -> serve(link), THREAD_NAME);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void serve(TcpLink link) {
        try (link) {
            link.greet();
            ByteBuffer first = ReturnPort.buffer(Long.BYTES);
            boolean whole = ReturnPort.fill(link, first);
            if (whole && first.getLong(0) == ReturnPort.MAGIC) {
                serveProgram(link);
                return;
            }
            if (!whole) {
                first.flip();
            }
            try (IncomingMigration migration = new IncomingMigration(link, first, memoryBytes, storage, sessions)) {
                log.accept("peer " + link.peer() + ": " + migration.run());
            }
        } catch (IOException | RuntimeException dropped) {
            log.accept("peer " + link.peer() + " dropped: " + dropped.getMessage());
        } finally {
            places.release();
        }
    }

    /** A program that stays with its source: its pages are given to it by the migration that it belongs to. */
    private void serveProgram(TcpLink link) throws IOException {
        IncomingMigration migration = sessions.get(IncomingMigration.name(ReturnPort.readSession(link)));
        if (migration == null) {
            throw new IOException("it belongs to no migration that goes on here");
        }
        ReturnPort port = new ReturnPort(link);
        migration.attach(port);
        port.welcome();
        port.sendBack();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
