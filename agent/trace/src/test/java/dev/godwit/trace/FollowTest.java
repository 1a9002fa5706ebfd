package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FollowTest {
    @TempDir
    Path temp;

    @Test
    void aFollowerSeesEachRecordOnceItIsWritten() throws IOException {
        Path trace = temp.resolve("trace");
        List<TraceRecord> records = new RandomRecords(3).trace(40);
        try (TraceReader reader = TraceReader.follow(trace)) {
            assertThat(reader.next()).isNull();
            try (TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES)) {
                assertThat(reader.next()).isNull();
                for (TraceRecord record : records) {
                    writer.offer(record);
                    assertThat(reader.next()).isEqualTo(record);
                    assertThat(reader.next()).isNull();
                    assertThat(reader.ended()).isFalse();
                }
                writer.close(TraceEnd.Reason.COMPLETED);
            }
            assertThat(reader.next()).isInstanceOf(TraceEnd.class);
            assertThat(reader.ended()).isTrue();
            assertThat(reader.next()).isNull();
            assertThat(reader.records()).isEqualTo(42);
        }
    }

    @Test
    void aFollowerWaitsWhileTheQueueIsBeingBegun() throws IOException {
        Path file = Files.createDirectory(temp.resolve("trace")).resolve("20260101F.cq4");
        byte[] bytes = {0, 0, 0, (byte) 0x80, 0, 6, 'h', 'e', 0, 0, 0, 0, 0, 0, 0, 0};
        try (TraceReader reader = TraceReader.follow(file.getParent())) {
            for (int length = 0; length <= bytes.length; length++) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertThat(reader.next()).as("of %d bytes", length).isNull();
            }
            bytes[3] = 0;
            bytes[0] = 12;
            Files.write(file, bytes);
            assertThatThrownBy(reader::next).hasMessageContaining("is no Chronicle Queue file");
        }
    }

    @Test
    void aFollowerKeepsUpWithAWriterInAnotherThread() throws Exception {
        Path trace = temp.resolve("trace");
        List<TraceRecord> records = new RandomRecords(4).trace(5000);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread recorder = new Thread(() -> {
            try {
                Traces.write(trace, records);
            } catch (IOException | RuntimeException e) {
                failure.set(e);
            }
        });
        List<TraceRecord> seen = new ArrayList<>();
        try (TraceReader reader = TraceReader.follow(trace)) {
            recorder.start();
            while (!reader.ended() && failure.get() == null) {
                TraceRecord record = reader.next();
                if (record != null) {
                    seen.add(record);
                }
            }
        }
        recorder.join();
        assertThat(failure.get()).isNull();
        assertThat(seen.subList(0, records.size())).isEqualTo(records);
    }

    @Test
    void aTraceThatIsStillWrittenIsNotComplete() throws IOException {
        Path trace = temp.resolve("trace");
        try (TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES)) {
            writer.offer(new RandomRecords(5).facts());
            assertThatThrownBy(() -> Traces.read(trace))
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageContaining("cut off after 1 records")
                    .hasMessageContaining("still goes on");
        }
    }
}
