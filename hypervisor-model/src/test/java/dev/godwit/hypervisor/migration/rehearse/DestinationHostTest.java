package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.stream.StreamReader;
import dev.godwit.hypervisor.stream.StreamRecord;
import dev.godwit.hypervisor.stream.StreamSession;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DestinationHostTest {
    private static final int PAGE = 4096;
    private final List<String> log = new CopyOnWriteArrayList<>();

    @Test
    void aPeerThatTalksRubbishIsDroppedInOneLineAndTheNextIsServed() throws Exception {
        try (HostThread host = HostThread.start(log)) {
            try (Socket rubbish =
                    new Socket(host.address().getAddress(), host.address().getPort())) {
                rubbish.getOutputStream().write(new byte[4096]);
                host.awaitLog("it does not speak as a godwit");
            }
            assertThat(migrate(host, hash -> hash).different()).isZero();
        }
        assertThat(log).allSatisfy(line -> assertThat(line).doesNotContain("\n"));
    }

    @Test
    void aPeerThatBreaksOffIsDroppedInOneLine() throws Exception {
        try (HostThread host = HostThread.start(log)) {
            try (TcpLink link = TcpLink.connect(host.address(), TcpOptions.defaults())) {
                StreamWriter writer = StreamWriter.forward(new StreamSession(), link);
                writer.write(new ControlRecord.Hello(new byte[16], 0, new byte[0]));
            }
            host.awaitLog("is cut off");
        }
    }

    @Test
    void aPeerThatSaysNothingIsDropped() throws Exception {
        TcpOptions impatient = TcpOptions.defaults().withGreetingNanos(100_000_000);
        try (HostThread host = HostThread.start(impatient, 1 << 20, log);
                Socket silent =
                        new Socket(host.address().getAddress(), host.address().getPort())) {
            host.awaitLog("dropped");
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aPeerThatDoesNotKnowTheSecretIsRefused() throws Exception {
        try (HostThread host = HostThread.start(TcpOptions.defaults().withSecret("one"), 1 << 20, log)) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> TcpLink.connect(
                            host.address(), TcpOptions.defaults().withSecret("another"))))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aGuestThatIsLargerThanAllowedIsRefusedWithTheReason() throws Exception {
        try (HostThread host = HostThread.start(TcpOptions.defaults(), PAGE, log)) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> migrate(host, hash -> hash)))
                    .isInstanceOf(IOException.class);
            host.awaitLog("give the host a larger --memory");
        }
    }

    @Test
    void aPageThatDiffersIsFound() throws Exception {
        try (HostThread host = HostThread.start(log)) {
            ControlRecord.Verified verified = migrate(host, hash -> hash + 1);

            assertThat(verified.pages()).isEqualTo(2);
            assertThat(verified.different()).isEqualTo(1);
            assertThat(verified.firstDifferent()).isEqualTo(101);
        }
    }

    @Test
    void aGuestOfWhichAPageNeverCameIsNotRun() throws Exception {
        try (HostThread host = HostThread.start(log);
                TcpLink link = TcpLink.connect(host.address(), TcpOptions.defaults())) {
            StreamWriter writer = begin(link);
            writer.write(new ControlRecord.Paused());
            writer.write(new ControlRecord.SwitchOver(0));
            host.awaitLog("page 100 never came");
        }
    }

    private static StreamWriter begin(TcpLink link) throws IOException {
        StreamWriter writer = StreamWriter.forward(new StreamSession(), link);
        writer.write(new ControlRecord.Hello(new byte[16], 0, new byte[0]));
        writer.write(new ControlRecord.Guest(PAGE, 0, "test", "pre-copy"));
        writer.write(new ControlRecord.Ranges(List.of(new PageRun(100, 3))));
        return writer;
    }

    /** Migrates a page of zeros, one of sevens whose hash may be told wrong, and one that is dropped. */
    private static ControlRecord.Verified migrate(HostThread host, LongUnaryOperator told) throws IOException {
        try (TcpLink link = TcpLink.connect(host.address(), TcpOptions.defaults())) {
            StreamWriter writer = begin(link);
            writer.write(new ControlRecord.Paused());
            writer.write(new ControlRecord.RoundBegin(1, RoundKind.PAUSED));
            PageBatch batch = new PageBatch(PAGE, 8, 8 * PAGE);
            batch.zero(100, 1);
            byte[] sevens = new byte[PAGE];
            java.util.Arrays.fill(sevens, (byte) 7);
            batch.room().put(sevens);
            batch.raw(101, 1);
            batch.dropped(102, 1);
            PageCounts counts = batch.counts().copy();
            writer.write(batch);
            writer.write(new ControlRecord.RoundEnd(1, counts));
            writer.write(new ControlRecord.SwitchOver(0));
            PageHash hash = new PageHash();
            long[] hashes = {hash.of(new byte[PAGE], 0, PAGE), told.applyAsLong(hash.of(sevens, 0, PAGE)), 0};
            writer.write(new ControlRecord.Hashes(100, hashes));
            writer.write(new ControlRecord.Completed(
                    ControlRecord.Completed.AT_DESTINATION, counts.pages(), counts.dataBytes()));
            writer.writeEnd(Direction.FORWARD);
            return answer(link);
        }
    }

    private static ControlRecord.Verified answer(TcpLink link) throws IOException {
        StreamSession session = new StreamSession();
        StreamReader reader = StreamReader.reverse(session, link);
        ControlRecord.Verified verified = null;
        for (StreamRecord record = reader.next(); record != null; record = reader.next()) {
            if (record instanceof ControlRecord.Verified each) {
                verified = each;
            } else if (record instanceof ControlRecord.Failure failure) {
                throw new IOException(failure.text());
            }
        }
        return verified;
    }
}
