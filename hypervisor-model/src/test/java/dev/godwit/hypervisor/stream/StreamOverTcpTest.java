package dev.godwit.hypervisor.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.transport.LinkException;
import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TcpListener;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two ends of a stream over a real connection. */
@Timeout(60)
class StreamOverTcpTest {
    private static final int PAGE = SmallStreams.PAGE;
    private static final int PAGES = 4096;
    private static final byte[] SESSION = new byte[StreamFormat.SESSION_BYTES];

    @Test
    void aMigrationGoesThroughAndBothSidesAgreeThatItIsOver() throws Exception {
        byte[] memory = new byte[PAGES * PAGE];
        new SplittableRandom(1).nextBytes(memory);
        try (TcpListener listener = listen(TcpOptions.defaults())) {
            CompletableFuture<byte[]> destination = CompletableFuture.supplyAsync(() -> receive(listener));
            try (TcpLink link = TcpLink.connect(listener.address(), TcpOptions.defaults())) {
                StreamSession session = new StreamSession();
                StreamWriter writer = StreamWriter.forward(session, link);
                StreamReader reader = StreamReader.reverse(session, link);
                begin(writer);
                assertThat(reader.next()).isInstanceOf(ControlRecord.Ready.class);
                writer.write(new ControlRecord.RoundBegin(1, RoundKind.LIVE));
                PageBatch batch = new PageBatch(PAGE, 256, 1 << 20);
                for (int page = 0; page < PAGES; page += 256) {
                    batch.room().put(memory, page * PAGE, 1 << 20);
                    batch.raw(page, 256);
                    writer.write(batch);
                }
                writer.write(new ControlRecord.RoundEnd(1, writer.carried(Direction.FORWARD)));
                assertThat(((ControlRecord.Arrived) reader.next()).round()).isEqualTo(1);
                writer.write(new ControlRecord.Paused());
                writer.write(new ControlRecord.SwitchOver(0));
                assertThat(reader.next()).isInstanceOf(ControlRecord.Resumed.class);
                PageCounts carried = writer.carried(Direction.FORWARD);
                writer.write(new ControlRecord.Completed(
                        ControlRecord.Completed.AT_DESTINATION, carried.pages(), carried.dataBytes()));
                writer.writeEnd(Direction.FORWARD);
                assertThat(reader.next()).isInstanceOf(ControlRecord.Acknowledged.class);
                assertThat(reader.next()).isInstanceOf(ControlRecord.End.class);
                assertThat(reader.next()).isNull();
                assertThat(destination.get()).isEqualTo(memory);
                assertThat(link.sentBytes()).isEqualTo(writer.writtenBytes());
            }
        }
    }

    @Test
    void aSourceThatStopsInTheMiddleOfARecordOrSendsRubbishIsDropped() throws Exception {
        TcpOptions hasty = TcpOptions.defaults().withIdleNanos(200_000_000);
        assertThatThrownBy(() -> afterHalfARecord(hasty, link -> {}))
                .hasRootCauseInstanceOf(LinkException.class)
                .hasMessageContaining("it sent nothing for ");
        assertThatThrownBy(() -> afterHalfARecord(hasty, TcpLink::close))
                .hasRootCauseInstanceOf(StreamException.class)
                .hasMessageContaining("migration stream is cut off after ");
        assertThatThrownBy(() -> afterHalfARecord(hasty, link -> link.write(ByteBuffer.allocate(1 << 20))))
                .hasRootCauseInstanceOf(StreamException.class)
                .hasMessageContaining("migration stream refused at byte ");
    }

    private interface Misdeed {
        void on(TcpLink link) throws IOException;
    }

    private static void afterHalfARecord(TcpOptions options, Misdeed misdeed) throws Exception {
        try (TcpListener listener = listen(options)) {
            CompletableFuture<byte[]> destination = CompletableFuture.supplyAsync(() -> receive(listener));
            try (TcpLink link = TcpLink.connect(listener.address(), options)) {
                StreamSession session = new StreamSession();
                begin(StreamWriter.forward(session, link));
                assertThat(StreamReader.reverse(session, link).next()).isInstanceOf(ControlRecord.Ready.class);
                ByteBuffer half = ByteBuffer.allocate(StreamFormat.HEADER_BYTES)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, 1000)
                        .putShort(4, (short) RecordType.PAGES.code())
                        .putShort(6, (short) 1)
                        .putInt(8, 3);
                link.write(half);
                misdeed.on(link);
                try {
                    destination.get();
                } catch (ExecutionException refused) {
                    throw (Exception) refused.getCause();
                }
            }
        }
    }

    private static void begin(StreamWriter writer) throws IOException {
        writer.write(new ControlRecord.Hello(SESSION, 0, new byte[0]));
        writer.write(new ControlRecord.Guest(PAGE, 0, "guest", "pre-copy"));
        writer.write(new ControlRecord.Ranges(List.of(new PageRun(0, PAGES))));
    }

    private static byte[] receive(TcpListener listener) {
        byte[] memory = new byte[PAGES * PAGE];
        try (TcpLink link = listener.accept()) {
            link.greet();
            StreamSession session = new StreamSession();
            StreamReader reader = StreamReader.forward(session, link);
            StreamWriter writer = StreamWriter.reverse(session, link);
            for (StreamRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof PagesRecord pages) {
                    while (pages.next()) {
                        pages.data().get(memory, (int) pages.firstPage() * PAGE, pages.pages() * PAGE);
                    }
                } else if (record instanceof ControlRecord.Ranges) {
                    writer.write(new ControlRecord.Ready(SESSION, 0, new byte[0]));
                } else if (record instanceof ControlRecord.RoundEnd end) {
                    writer.write(new ControlRecord.Arrived(end.round()));
                } else if (record instanceof ControlRecord.SwitchOver) {
                    writer.write(new ControlRecord.Resumed());
                } else if (record instanceof ControlRecord.Completed) {
                    writer.write(new ControlRecord.Acknowledged());
                    writer.writeEnd(Direction.REVERSE);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed.getMessage(), failed);
        }
        return memory;
    }

    private static TcpListener listen(TcpOptions options) throws IOException {
        return TcpListener.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
    }
}
