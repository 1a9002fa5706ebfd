package dev.godwit.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.ChannelException;
import dev.godwit.agent.channel.ControlSocket;
import dev.godwit.agent.channel.Frame;
import dev.godwit.agent.channel.FrameCodec;
import dev.godwit.agent.channel.FrameReader;
import dev.godwit.agent.channel.Message;
import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.linux.NativeAccess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Controllers and agents that do not speak as they should. */
class HostilePeerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final BlockingQueue<String> states = new LinkedBlockingQueue<>();

    static Stream<Arguments> hostileBytes() {
        return Stream.of(
                Arguments.of("rubbish", text("GET / HTTP/1.1\r\nHost: godwit\r\n\r\n"), "is no frame of Godwit"),
                Arguments.of("a giant length", changed(15, 0x7F), "bytes is refused"),
                Arguments.of("a negative length", changed(15, 0xFF), "bytes is refused"),
                Arguments.of("another version", changed(4, 200), "has the version 200"),
                Arguments.of("an unknown type", changed(5, 99), "has the unknown type 99"),
                Arguments.of("a damaged header", changed(6, 1), "has a damaged header"));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A request with one byte of its header changed. */
    private static byte[] changed(int offset, int value) {
        byte[] bytes = FrameCodec.encode(new Frame(1, new Message.Prepare())).array();
        bytes[offset] = (byte) value;
        return bytes;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileBytes")
    void anAgentThatIsSentThisSaysWhyAndServesTheNext(String name, byte[] bytes, String reason) throws Exception {
        ControlChannel channel = new ControlChannel(
                null,
                HostilePeerTest::loadNative,
                new CollectionRequests(),
                () -> false,
                (event, why) -> {},
                states::add);
        assertThat(lastWordTo(channel, ByteBuffer.wrap(bytes))).asString().contains(reason);
        awaitState(reason);
        assertThat(lastWordTo(channel, FrameCodec.encode(new Frame(1, new Message.Accepted()))))
                .isEqualTo(new Message.Refused("a controller does not say Accepted"));
    }

    /** Connects, sends, and gives the last message before the agent closes the socket. */
    private Message lastWordTo(ControlChannel channel, ByteBuffer bytes) throws IOException {
        Path socket = Files.createTempDirectory(directory, "private").resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            channel.connect(socket);
            try (SocketChannel agent = server.accept()) {
                agent.write(bytes);
                FrameReader reader = FrameReader.ofAgent();
                Message last = null;
                while (reader.fill(agent) >= 0) {
                    for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
                        last = next.get().message();
                    }
                }
                return last;
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileBytes")
    void aControllerThatIsSentThisDropsTheAgentInOneLine(String name, byte[] bytes, String reason) throws Exception {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid());
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
            peer.write(ByteBuffer.wrap(bytes));

            assertThatThrownBy(() -> socket.accept(LIMIT))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining(reason)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aPeerThatIsSilentIsDroppedAtTheLimit() throws Exception {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid());
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
            assertThat(peer.isConnected()).isTrue();
            assertThatThrownBy(() -> socket.accept(Duration.ofMillis(50)))
                    .hasMessage("the agent did not answer in time");
        }
    }

    @Test
    void aPeerThatHangsUpIsReported() throws Exception {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid())) {
            SocketChannel.open(UnixDomainSocketAddress.of(socket.path())).close();

            assertThatThrownBy(() -> socket.accept(LIMIT))
                    .hasMessage("the agent closed the control channel, or its JVM has ended");
        }
    }

    @Test
    void aPeerThatDoesNotBeginWithHelloIsRefused() throws Exception {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid());
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
            peer.write(FrameCodec.encode(new Frame(0, new Message.Accepted())));

            assertThatThrownBy(() -> socket.accept(LIMIT)).hasMessage("the agent did not begin with HELLO");
        }
    }

    @Test
    void anAnswerToAnotherQuestionIsPassedOver() throws Exception {
        Message hello = new Message.Hello(1, "G1", true, "", 0, 1, 1, "", "", "");
        Message layout = new Message.Layout(7, List.of());
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid());
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
            peer.write(FrameCodec.encode(new Frame(0, hello)));
            peer.write(FrameCodec.encode(new Frame(99, new Message.Failed("too late"))));
            peer.write(FrameCodec.encode(new Frame(1, layout)));
            try (AgentConnection agent = socket.accept(LIMIT)) {
                assertThat(agent.layout(LIMIT)).isEqualTo(layout);
            }
        }
    }

    private void awaitState(String part) throws InterruptedException {
        String state = "";
        while (state != null && !state.contains(part)) {
            state = states.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(state).as("state with %s", part).isNotNull();
    }

    private static boolean loadNative() {
        NativeAccess.initialise();
        return true;
    }
}
