package dev.godwit.hypervisor.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.godwit.hypervisor.stream.verify.CaptureBytes;
import dev.godwit.hypervisor.stream.verify.StreamRefused;
import dev.godwit.hypervisor.stream.verify.StreamVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Streams that are cut off, damaged, or made to do harm: always one line, never another exception. */
class HostileStreamTest {
    private static final List<byte[]> WHOLE = List.of(
            SmallStreams.preCopy(),
            SmallStreams.fromFiles(),
            SmallStreams.cancelledPostCopy(),
            SmallStreams.cancelledEarly(),
            SmallStreams.failed());

    @Test
    void wholeStreamsAreRead() throws IOException {
        for (byte[] stream : WHOLE) {
            readAll(stream, stream.length);
            StreamVerifier.verify(CaptureBytes.of(stream));
        }
    }

    @Test
    void aStreamThatIsCutOffAnywhereIsRefused() {
        for (byte[] stream : WHOLE) {
            int endOfForward = stream.length - 64;
            for (int length = 0; length < stream.length; length++) {
                int cut = length;
                Throwable refusal = catchThrowable(() -> readAll(stream, cut));
                // The source may end a capture when the other side is gone.
                if (length != endOfForward) {
                    assertThat(refusal).as("cut off at %d", cut).isInstanceOf(StreamException.class);
                    assertThat(refusal.getMessage()).doesNotContain("\n");
                }
                byte[] shorter = java.util.Arrays.copyOf(stream, cut);
                assertThatThrownBy(() -> StreamVerifier.verify(CaptureBytes.of(shorter)))
                        .as("cut off at %d", cut)
                        .isInstanceOf(StreamRefused.class);
            }
        }
    }

    @Test
    void aStreamOfWhichAnyByteIsChangedIsRefused() {
        SplittableRandom random = new SplittableRandom(1);
        for (byte[] stream : WHOLE) {
            for (int at = 0; at < stream.length; at++) {
                byte[] damaged = stream.clone();
                damaged[at] ^= (byte) (1 + random.nextInt(255));
                assertThatThrownBy(() -> readAll(damaged, damaged.length))
                        .as("byte %d", at)
                        .isInstanceOf(StreamException.class);
                assertThatThrownBy(() -> StreamVerifier.verify(CaptureBytes.of(damaged)))
                        .as("byte %d", at)
                        .isInstanceOf(StreamRefused.class);
            }
        }
    }

    /** Whoever makes the checksums right again still gets one line, or a stream that means something. */
    @Test
    void whateverAPayloadHoldsItIsReadOrRefused() {
        int refused = 0;
        for (long seed = 0; seed < 6000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] stream = WHOLE.get(random.nextInt(WHOLE.size())).clone();
            int at = 16;
            for (int skip = random.nextInt(20); skip > 0 && at + 16 + length(stream, at) < stream.length; skip--) {
                at += 16 + length(stream, at);
            }
            int bytes = 1 + random.nextInt(6);
            int record = 16 + length(stream, at);
            for (int i = 0; i < bytes; i++) {
                int where = random.nextInt(Math.min(record, 80));
                if (where >= 4 && (where < 12 || where > 15)) {
                    stream[at + where] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(9));
                }
            }
            reseal(stream, at, record);
            Throwable thrown = catchThrowable(() -> readAll(stream, stream.length));
            if (thrown != null) {
                refused++;
                assertThat(thrown).as("seed %d", seed).isInstanceOf(StreamException.class);
                assertThat(thrown.getMessage())
                        .as("seed %d", seed)
                        .doesNotContain("\n")
                        .hasSizeLessThan(1300);
            }
            thrown = catchThrowable(() -> StreamVerifier.verify(CaptureBytes.of(stream)));
            if (thrown != null) {
                assertThat(thrown).as("seed %d", seed).isInstanceOf(StreamRefused.class);
            }
        }
        assertThat(refused).isGreaterThan(4000);
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedBeforeAnythingIsReadOfIt() {
        byte[] stream = SmallStreams.preCopy();
        ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).putInt(16, StreamFormat.MAX_PAYLOAD_BYTES + 1);
        Bytes.Source source = new Bytes.Source(stream);
        assertThatThrownBy(() -> StreamReader.capture(source).next())
                .isInstanceOf(StreamException.class)
                .hasMessage("migration stream refused at byte 32: a record of 4194305 bytes, more than 4194304");
        assertThat(source.largestRequest()).isEqualTo(16);
    }

    @Test
    void aPeerThatAnnouncesMuchAndSendsLittleGetsNoMoreThanTheCap() {
        byte[] stream = SmallStreams.preCopy();
        ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).putInt(16, StreamFormat.MAX_PAYLOAD_BYTES);
        Bytes.Source source = new Bytes.Source(stream);
        assertThatThrownBy(() -> StreamReader.capture(source).next()).hasMessageContaining("cut off");
        assertThat(source.largestRequest()).isEqualTo(StreamFormat.MAX_PAYLOAD_BYTES);
    }

    @Test
    void anotherVersionIsRefusedByName() {
        byte[] stream = SmallStreams.preCopy();
        stream[8] = 2;
        CRC32C crc = new CRC32C();
        crc.update(stream, 0, 12);
        ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).putInt(12, (int) crc.getValue());
        assertThatThrownBy(() -> readAll(stream, stream.length))
                .hasMessageContaining("it is of version 2, this godwit reads version 1");
        assertThatThrownBy(() -> StreamVerifier.verify(CaptureBytes.of(stream)))
                .hasMessageContaining("version 2 is not known, only version 1 is");
    }

    @Test
    void anUnknownOptionalRecordIsSkippedAndAnyOtherUnknownOneIsRefused() throws IOException {
        byte[] stream = SmallStreams.cancelledEarly();
        byte[] optional = withTypeOfThirdRecord(stream, 0x8001);
        // Ranges are skipped: what comes behind them is not due, but the record itself was no reason to refuse.
        assertThatThrownBy(() -> readAll(optional, optional.length)).hasMessageContaining("round is not due");
        byte[] unknown = withTypeOfThirdRecord(stream, 27);
        assertThatThrownBy(() -> readAll(unknown, unknown.length)).hasMessageContaining("type 27 is not known");
    }

    private static byte[] withTypeOfThirdRecord(byte[] stream, int type) {
        byte[] changed = stream.clone();
        int at = 16;
        for (int i = 0; i < 2; i++) {
            at += 16 + length(stream, at);
        }
        changed[at + 4] = (byte) type;
        changed[at + 5] = (byte) (type >> 8);
        reseal(changed, at, 16 + length(stream, at));
        return changed;
    }

    private static int length(byte[] stream, int at) {
        return ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private static void reseal(byte[] stream, int at, int record) {
        CRC32C crc = new CRC32C();
        crc.update(stream, at, 12);
        crc.update(stream, at + 16, record - 16);
        ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN).putInt(at + 12, (int) crc.getValue());
    }

    private static void readAll(byte[] stream, int length) throws IOException {
        StreamReader reader = StreamReader.capture(new Bytes.Source(stream, length, 900));
        for (StreamRecord record = reader.next(); record != null; record = reader.next()) {
            if (record instanceof PagesRecord pages) {
                while (pages.next()) {
                    assertThat(pages.data().remaining()).isLessThanOrEqualTo(pages.pages() * SmallStreams.PAGE);
                }
            }
        }
    }
}
