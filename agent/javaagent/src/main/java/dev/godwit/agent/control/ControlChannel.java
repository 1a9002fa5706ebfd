package dev.godwit.agent.control;

import dev.godwit.agent.heap.CollectionRequests;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Connects to controllers, one at a time. The second is refused, and when the first is gone, in whatever way, the next is
 * served.
 */
public final class ControlChannel {
    /** The end of a controller that was killed may not have been noticed yet when the next one comes. */
    private static final long WAIT_MILLIS = 1_000;

    private static final int OTHERS = 077;

    private final Consumer<String> state;
    private final Semaphore turn = new Semaphore(1);
    private final ControlledJvm jvm;
    private final ListenerCalls listeners = new ListenerCalls();
    private final BiConsumer<MigrationEvent, String> events;

    /**
     * @param instrumentation of the agent
     * @param nativeAccess loads the native part of JNA and leaves no file; false if the JVM is shutting down
     * @param requests is told of the collections that a controller asks for
     * @param recording whether a recording runs beside
     * @param events is told what happens in a migration, with a reason if there is one
     * @param state is told what goes on, one line
     */
    public ControlChannel(
            Instrumentation instrumentation,
            BooleanSupplier nativeAccess,
            CollectionRequests requests,
            BooleanSupplier recording,
            BiConsumer<MigrationEvent, String> events,
            Consumer<String> state) {
        this.state = state;
        this.events = events;
        this.jvm = new ControlledJvm(instrumentation, nativeAccess, requests, recording);
    }

    /** Connects to a controller's socket and serves it, on a thread of its own. */
    public void connect(Path socket) {
        Thread thread = new Thread(null, () -> run(socket), "godwit-agent-control", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Path socket) {
        try {
            checkPrivate(socket);
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                if (turn.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                    serve(channel);
                } else {
                    new ControlSession(channel, jvm, state, new MigrationCourse((event, reason) -> {}))
                            .refuse("another controller is connected to this JVM");
                }
            }
        } catch (IOException | RuntimeException e) {
            state.accept("failed: control=" + socket + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            state.accept("failed: " + e);
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        MigrationCourse course = new MigrationCourse(this::tell);
        String end = "closed";
        try {
            state.accept("connected");
            end = new ControlSession(channel, jvm, state, course).serve();
            state.accept(end);
        } finally {
            course.closed(end);
            jvm.release();
            turn.release();
        }
    }

    private void tell(MigrationEvent event, String reason) {
        events.accept(event, reason);
        listeners.tell(event);
    }

    /** Whoever may open the socket can make this JVM collect; so nobody but its user and root may have made it. */
    private static void checkPrivate(Path socket) throws IOException {
        Path directory = socket.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("there is no such directory here");
        }
        Object owner = Files.getAttribute(directory, "unix:uid");
        boolean isOurs = owner.equals(0) || owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        if (!isOurs || ((int) Files.getAttribute(directory, "unix:mode") & OTHERS) != 0) {
            throw new IOException(
                    "its directory must belong to this JVM's user or to root, and be closed to all others");
        }
    }
}
