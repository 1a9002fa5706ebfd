package dev.godwit.agent.control;

import dev.godwit.agent.channel.ChannelException;
import dev.godwit.agent.channel.Frame;
import dev.godwit.agent.channel.FrameCodec;
import dev.godwit.agent.channel.FrameReader;
import dev.godwit.agent.channel.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.Consumer;

/** The conversation with one controller, from HELLO to the end of the socket. */
final class ControlSession {
    private final SocketChannel channel;
    private final ControlledJvm jvm;
    private final Consumer<String> state;
    private final MigrationCourse course;
    private final FrameReader reader = FrameReader.ofController();

    ControlSession(SocketChannel channel, ControlledJvm jvm, Consumer<String> state, MigrationCourse course) {
        this.channel = channel;
        this.jvm = jvm;
        this.state = state;
        this.course = course;
    }

    /** Serves the controller until it is gone; what is to be told of the end. */
    String serve() {
        try {
            if (!jvm.open()) {
                return "closed: the JVM is shutting down";
            }
            send(0, jvm.hello());
            while (true) {
                Optional<Frame> frame = receive();
                if (frame.isEmpty()) {
                    return "closed";
                }
                answer(frame.get());
            }
        } catch (ChannelException e) {
            refuse(e.getMessage());
            return "closed: " + e.getMessage();
        } catch (IOException e) {
            return "closed: the controller is gone: " + e.getMessage();
        }
    }

    /** Says why there is nothing more to say. */
    void refuse(String reason) {
        try {
            send(0, new Message.Refused(reason));
        } catch (IOException e) {
            // It does not listen any more.
        }
    }

    /** Empty if the controller has closed the socket. */
    private Optional<Frame> receive() throws IOException {
        Optional<Frame> frame = reader.next();
        while (frame.isEmpty() && reader.fill(channel) >= 0) {
            frame = reader.next();
        }
        return frame;
    }

    private void answer(Frame frame) throws IOException {
        Message message = frame.message();
        if (message instanceof Message.Paused) {
            state.accept("paused");
            course.paused();
        } else if (message instanceof Message.Resumed) {
            state.accept("resumed");
            course.resumed();
        } else if (message instanceof Message.Done) {
            state.accept("done");
            jvm.letBuffersGo();
            course.done();
        } else if (message instanceof Message.Aborted aborted) {
            state.accept("aborted: " + aborted.reason());
            jvm.letBuffersGo();
            course.aborted(aborted.reason());
        } else if (message instanceof Message.Refused refused) {
            throw new IOException(refused.reason());
        } else {
            send(frame.request(), reply(message));
        }
    }

    private Message reply(Message question) throws ChannelException {
        try {
            if (question instanceof Message.Prepare) {
                state.accept("preparing");
                course.preparing();
                Message.Prepared prepared = jvm.collectYoung();
                state.accept("prepared");
                return prepared;
            } else if (question instanceof Message.LayoutRead) {
                return jvm.layout();
            } else if (question instanceof Message.SignalsRead) {
                return jvm.signals();
            } else if (question instanceof Message.ProgressRead) {
                return ControlledJvm.progress();
            } else if (question instanceof Message.SectionsRead) {
                return ControlledJvm.sections();
            } else if (question instanceof Message.DeclaredRead asked) {
                return jvm.declared(asked.hold());
            } else if (question instanceof Message.StallsBegin) {
                jvm.beginStalls();
                return new Message.Accepted();
            } else if (question instanceof Message.StallsRead) {
                return jvm.readStalls();
            } else if (question instanceof Message.StallsEnd) {
                return jvm.endStalls();
            }
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError | AssertionError e) {
            return new Message.Failed(e instanceof IllegalStateException ? e.getMessage() : e.toString());
        }
        throw new ChannelException(
                "a controller does not say " + question.getClass().getSimpleName());
    }

    private void send(int request, Message message) throws IOException {
        ByteBuffer bytes = FrameCodec.encode(new Frame(request, message));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
