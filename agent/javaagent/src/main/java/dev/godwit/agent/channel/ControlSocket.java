package dev.godwit.agent.channel;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * The place where the agent of one JVM connects to its controller: a Unix domain socket in a directory of its own that only
 * the JVM's user can enter. For a JVM in a container the directory is made in the container's {@code /tmp}.
 *
 * <p>{@link #close} takes socket and directory away, and so does {@link #accept}: once the agent is connected nothing is
 * left on disk, whoever is killed.
 */
public final class ControlSocket implements AutoCloseable {
    private static final String NAME = "socket";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final ServerSocketChannel server;
    private final Path directory;
    private final Path pathInJvm;

    private ControlSocket(ServerSocketChannel server, Path directory, Path pathInJvm) {
        this.server = server;
        this.directory = directory;
        this.pathInJvm = pathInJvm;
    }

    /**
     * Makes the socket for the agent of a JVM.
     *
     * @param pid of the JVM
     * @throws IOException if the process has ended, or no directory can be made that it can reach: one line
     */
    public static ControlSocket create(long pid) throws IOException {
        Path root = Path.of("/proc", String.valueOf(pid), "root");
        Path own = Path.of("/tmp");
        Path parent = sharesFiles(root, own) ? own : root.resolve("tmp");
        Path directory = Files.createTempDirectory(parent, "godwit-control", OWNER_ONLY);
        try {
            Path socket = directory.resolve(NAME);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                server.bind(UnixDomainSocketAddress.of(socket), 1);
                server.configureBlocking(false);
                giveTo(pid, socket);
                giveTo(pid, directory);
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
            Path inJvm = parent.equals(own) ? socket : Path.of("/").resolve(root.relativize(socket));
            return new ControlSocket(server, directory, inJvm);
        } catch (IOException | RuntimeException e) {
            remove(directory);
            throw e;
        }
    }

    /** Path of the socket as the JVM sees it, for the agent's option {@code control}. */
    public Path path() {
        return pathInJvm;
    }

    /**
     * Waits for the agent and its first word.
     *
     * @param limit how long to wait
     * @throws ChannelException if it did not come in time, refused, or is no agent of this release
     */
    public AgentConnection accept(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        SocketChannel channel = awaitConnection(deadline);
        if (channel == null) {
            throw new ChannelException("the agent did not connect to " + pathInJvm + " within " + limit.toMillis()
                    + " ms: its properties godwit.agent.control and godwit.agent.status say why");
        }
        close();
        return AgentConnection.greet(channel, deadline);
    }

    private SocketChannel awaitConnection(long deadline) throws IOException {
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                SocketChannel channel = server.accept();
                long left = deadline - System.nanoTime();
                if (channel != null || left <= 0) {
                    return channel;
                }
                selector.select(1 + left / 1_000_000);
            }
        }
    }

    /** Takes the socket away; no harm if it is gone. */
    @Override
    public void close() throws IOException {
        server.close();
        remove(directory);
    }

    private static boolean sharesFiles(Path root, Path directory) {
        try {
            return Files.isSameFile(root.resolve(directory.toString().substring(1)), directory);
        } catch (IOException e) {
            // Its root may not be looked at: assume the usual case.
            return true;
        }
    }

    /** A controller that is root makes it for a JVM that is not. */
    private static void giveTo(long pid, Path path) throws IOException {
        Object owner = Files.getAttribute(Path.of("/proc", String.valueOf(pid)), "unix:uid");
        if (!owner.equals(Files.getAttribute(path, "unix:uid"))) {
            Files.setAttribute(path, "unix:uid", owner);
        }
    }

    private static void remove(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(NAME));
        Files.deleteIfExists(directory);
    }
}
