package dev.godwit.agent.channel;

import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * The controller's end of the control channel. Every request has a limit; one that was not answered in time does no harm to
 * the next. Thread-safe; {@link #close} may be called while another thread waits.
 *
 * <p>What goes wrong is a {@link ChannelException}: a migration can go on without the agent.
 */
public final class AgentConnection implements AutoCloseable {
    /** The socket takes many small frames before anyone reads them. */
    private static final Duration TELLING_LIMIT = Duration.ofSeconds(1);

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final FrameReader reader = FrameReader.ofAgent();
    private Message.Hello hello;
    private int lastRequest;

    private AgentConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /** Takes the channel over; it is closed if this fails. */
    static AgentConnection greet(SocketChannel channel, long deadline) throws IOException {
        AgentConnection connection = null;
        try {
            connection = new AgentConnection(channel);
            Message first = connection.take(deadline).message();
            if (first instanceof Message.Refused refused) {
                throw new ChannelException("the agent refuses: " + refused.reason());
            }
            if (!(first instanceof Message.Hello hello)) {
                throw new ChannelException("the agent did not begin with HELLO");
            }
            connection.hello = hello;
            return connection;
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (connection != null) {
                connection.close();
            }
            throw e;
        }
    }

    /** What the agent told when it connected. */
    public Message.Hello hello() {
        return hello;
    }

    /**
     * Has the young generation collected.
     *
     * @throws ChannelException if the agent could not, did not answer within the limit, or is gone
     */
    public Message.Prepared prepare(Duration limit) throws ChannelException {
        return ask(new Message.Prepare(), Message.Prepared.class, limit);
    }

    /** Tells that the JVM is going to be stopped. */
    public void paused() throws ChannelException {
        tell(new Message.Paused());
    }

    /** Tells that the JVM runs again. */
    public void resumed() throws ChannelException {
        tell(new Message.Resumed());
    }

    /** Tells that the migration succeeded. */
    public void done() throws ChannelException {
        tell(new Message.Done());
    }

    /** Tells that the migration did not take place, in one line. */
    public void aborted(String reason) throws ChannelException {
        tell(new Message.Aborted(reason));
    }

    /** Has stalls recorded from now on. */
    public void beginStalls(Duration limit) throws ChannelException {
        ask(new Message.StallsBegin(), Message.Accepted.class, limit);
    }

    /** The stalls since the begin or the last reading; recording goes on. */
    public Message.Stalls readStalls(Duration limit) throws ChannelException {
        return ask(new Message.StallsRead(), Message.Stalls.class, limit);
    }

    /** The stalls since the begin or the last reading; recording ends. */
    public Message.Stalls endStalls(Duration limit) throws ChannelException {
        return ask(new Message.StallsEnd(), Message.Stalls.class, limit);
    }

    /** How far the application has come; of a JVM that runs. */
    public Message.Progress progress(Duration limit) throws ChannelException {
        return ask(new Message.ProgressRead(), Message.Progress.class, limit);
    }

    /** Where the counts of open sections lie, to be read while the JVM stands. */
    public Message.Sections sections(Duration limit) throws ChannelException {
        return ask(new Message.SectionsRead(), Message.Sections.class, limit);
    }

    /**
     * What the application says of its buffers.
     *
     * @param hold true to have the collector free none of them until the migration is over, or this attempt to pause is off
     */
    public Message.DeclaredAnswer declared(boolean hold, Duration limit) throws ChannelException {
        return ask(new Message.DeclaredRead(hold), Message.DeclaredAnswer.class, limit);
    }

    /** The heap layout, read by the JVM itself; of one that may be stopped, {@code RemoteHeap} reads it. */
    public Message.Layout layout(Duration limit) throws ChannelException {
        return ask(new Message.LayoutRead(), Message.Layout.class, limit);
    }

    /** What the JVM and the application tell about the moment; of a JVM that runs. */
    public JvmSignals signals(Duration limit) throws ChannelException {
        return ask(new Message.SignalsRead(), Message.Signals.class, limit).signals();
    }

    private synchronized <T extends Message> T ask(Message question, Class<T> answer, Duration limit)
            throws ChannelException {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            int request = send(question, deadline);
            Frame frame = take(deadline);
            while (frame.request() != request && !(frame.message() instanceof Message.Refused)) {
                // The answer to a question that was given up.
                frame = take(deadline);
            }
            return expect(answer, frame.message());
        } catch (ChannelException e) {
            throw e;
        } catch (IOException | ClosedSelectorException | CancelledKeyException e) {
            throw gone(e);
        }
    }

    private static <T extends Message> T expect(Class<T> answer, Message message) throws ChannelException {
        if (answer.isInstance(message)) {
            return answer.cast(message);
        }
        if (message instanceof Message.Failed failed) {
            throw new ChannelException("the agent could not: " + failed.reason());
        }
        if (message instanceof Message.Refused refused) {
            throw new ChannelException("the agent refuses: " + refused.reason());
        }
        throw new ChannelException("the agent gave another answer than " + answer.getSimpleName());
    }

    private synchronized void tell(Message message) throws ChannelException {
        try {
            send(message, System.nanoTime() + TELLING_LIMIT.toNanos());
        } catch (ChannelException e) {
            throw e;
        } catch (IOException | ClosedSelectorException | CancelledKeyException e) {
            throw gone(e);
        }
    }

    private int send(Message message, long deadline) throws IOException {
        lastRequest = lastRequest == Integer.MAX_VALUE ? 1 : lastRequest + 1;
        ByteBuffer bytes = FrameCodec.encode(new Frame(lastRequest, message));
        try {
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    await(SelectionKey.OP_WRITE, deadline);
                }
            }
        } finally {
            if (bytes.position() > 0 && bytes.hasRemaining()) {
                // Half a frame was sent: nothing that follows would be understood.
                close();
            }
        }
        return lastRequest;
    }

    private Frame take(long deadline) throws IOException {
        Optional<Frame> frame = reader.next();
        while (frame.isEmpty()) {
            int read = reader.fill(channel);
            if (read < 0) {
                throw new ChannelException("the agent closed the control channel, or its JVM has ended");
            }
            if (read == 0) {
                await(SelectionKey.OP_READ, deadline);
            }
            frame = reader.next();
        }
        return frame.get();
    }

    private void await(int operation, long deadline) throws IOException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new ChannelException("the agent did not answer in time");
        }
        key.interestOps(operation);
        selector.select(1 + left / 1_000_000);
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new ChannelException("interrupted while waiting for the agent");
        }
    }

    private static ChannelException gone(Exception e) {
        boolean closedHere = !(e instanceof IOException) || e instanceof ClosedChannelException;
        return new ChannelException(
                closedHere ? "the control channel is closed" : "the agent is gone: " + e.getMessage());
    }

    @Override
    public void close() {
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            // It is of no more use either way.
        }
    }
}
