package dev.godwit.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.godwit.trace.JvmSignals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameTest {

    static Stream<Message> messages() {
        return Stream.of(
                new Message.Hello(1, "G1", true, "", 7, 1L << 40, 2, "OpenJDK 64-Bit Server VM", "17.0.15", "17"),
                new Message.Refused("another controller is connected"),
                new Message.Prepare(),
                new Message.Prepared(1_000_000, 8, "WhiteBox"),
                new Message.Failed("no young collection"),
                new Message.Accepted(),
                new Message.Paused(),
                new Message.Resumed(),
                new Message.Done(),
                new Message.Aborted("cancelled \u00e9"),
                new Message.ProgressRead(),
                new Message.Progress(1, 2),
                new Message.StallsBegin(),
                new Message.StallsRead(),
                new Message.StallsEnd(),
                new Message.Stalls(1, 2, 3, 4, 5, 6, 7, "HISTFAAA"),
                new Message.SignalsRead(),
                new Message.Signals(
                        new JvmSignals(1, 2, 3, List.of("oldest", "newest"), 4, 5, 6, 7, 8, 9, 10, true, 11, 12)),
                new Message.SectionsRead(),
                new Message.Sections(0x7f00_0000_0040L, 64, 1025),
                new Message.DeclaredRead(true),
                new Message.DeclaredAnswer(
                        0x7f00_0000_1000L,
                        3,
                        List.of(
                                new Message.DeclaredBuffer(0, 7, 0x1000, 0x3001, "", 0),
                                new Message.DeclaredBuffer(4095, 8, 0x5000, 0x9000, "/data/segment-1", 1 << 20))),
                new Message.LayoutRead(),
                new Message.Layout(9, List.of(new Message.Space(1, 0, 5, 10), new Message.Space(3, 10, 10, 20))));
    }

    @Test
    void everyTypeIsAmongTheTested() {
        assertThat(messages().map(MessageType::of)).containsExactlyInAnyOrder(MessageType.values());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageComesBackAsItWasAlsoByteByByte(Message message) throws IOException {
        byte[] bytes = encode(42, message);
        FrameReader reader = FrameReader.ofAgent();
        for (int i = 0; i < bytes.length; i++) {
            assertThat(reader.next()).isEmpty();
            assertThat(feed(reader, Arrays.copyOfRange(bytes, i, i + 1))).isEqualTo(1);
        }

        assertThat(reader.next()).contains(new Frame(42, message));
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void framesThatArriveTogetherAreTakenApart() throws IOException {
        FrameReader reader = FrameReader.ofAgent();
        List<Message> all = messages().toList();
        for (Message message : all) {
            feed(reader, encode(3, message));
        }
        List<Message> read = new ArrayList<>();
        for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
            read.add(next.get().message());
        }

        assertThat(read).isEqualTo(all);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aDamagedByteIsRefusedInOneLineOrGivesAnotherMessage(Message message) throws IOException {
        long seed = 20_261_123;
        Random random = new Random(seed);
        byte[] bytes = encode(1, message);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = bytes.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            FrameReader reader = FrameReader.ofAgent();
            feed(reader, damaged);
            try {
                reader.next();
            } catch (ChannelException e) {
                assertThat(e.getMessage()).isNotEmpty().doesNotContain("\n");
            } catch (RuntimeException e) {
                fail("seed=" + seed + " round=" + round, e);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aByteTooManyIsRefused(Message message) throws IOException {
        byte[] bytes = Arrays.copyOf(encode(1, message), encode(1, message).length + 1);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(FrameCodec.LENGTH_OFFSET, header.getInt(FrameCodec.LENGTH_OFFSET) + 1);
        FrameReader reader = FrameReader.ofAgent();
        feed(reader, bytes);

        assertThatThrownBy(reader::next).hasMessageContaining("1 bytes are left over");
    }

    @Test
    void rubbishIsRefusedByItsFirstBytes() throws IOException {
        FrameReader reader = FrameReader.ofController();
        feed(reader, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(reader::next).hasMessage("what came over the control channel is no frame of Godwit");
    }

    @Test
    void aGiantLengthIsRefusedByTheHeaderAlone() throws IOException {
        for (int length : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, (16 << 10) + 1}) {
            FrameReader reader = FrameReader.ofController();
            feed(reader, header(FrameCodec.VERSION, length));

            assertThatThrownBy(reader::next)
                    .isInstanceOf(ChannelException.class)
                    .hasMessage("a control frame of " + Integer.toUnsignedString(length)
                            + " bytes is refused: at most 16384 are taken");
        }
    }

    @Test
    void anotherVersionIsRefusedAndNamed() throws IOException {
        FrameReader reader = FrameReader.ofController();
        feed(reader, header(9, 0));

        assertThatThrownBy(reader::next)
                .hasMessage("a control frame has the version 9, this end speaks version 2: use one release of Godwit"
                        + " on both ends");
    }

    @Test
    void aLayoutOfManyRegionsFits() throws IOException {
        List<Message.Space> spaces = new ArrayList<>();
        for (long i = 0; i < FrameCodec.MAX_SPACES; i++) {
            spaces.add(new Message.Space(1, i * 10, i * 10 + 5, i * 10 + 10));
        }
        Message layout = new Message.Layout(1, spaces);
        FrameReader reader = FrameReader.ofAgent();
        feed(reader, encode(1, layout));

        assertThat(reader.next()).contains(new Frame(1, layout));
    }

    @Test
    void aLongTextIsCutAndStaysText() throws IOException {
        Message refused = new Message.Refused("\u00e9".repeat(5_000) + "\n");
        FrameReader reader = FrameReader.ofAgent();
        feed(reader, encode(1, refused));

        assertThat(reader.next()).contains(new Frame(1, new Message.Refused("\u00e9".repeat(2_048))));
    }

    private static byte[] encode(int request, Message message) {
        ByteBuffer bytes = FrameCodec.encode(new Frame(request, message));
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    private static byte[] header(int version, int length) {
        return ByteBuffer.allocate(FrameCodec.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(FrameCodec.MAGIC)
                .put((byte) version)
                .put((byte) 3)
                .putShort((short) 0)
                .putInt(0)
                .putInt(length)
                .array();
    }

    private static int feed(FrameReader reader, byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        int fed = 0;
        while (in.available() > 0) {
            fed += reader.fill(Channels.newChannel(in));
        }
        return fed;
    }
}
