package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Chronicle does to the JVM that it runs in, and that a trace is still a Chronicle Queue. */
@Timeout(120)
class ChronicleTest {
    @TempDir
    Path temp;

    @Test
    void itsAnalyticsAreAbsent() {
        assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
                .isInstanceOf(ClassNotFoundException.class);
        assertThat(System.getProperty("java.class.path").split(File.pathSeparator))
                .noneMatch(entry -> entry.contains("chronicle-analytics"));
    }

    @Test
    void aRecordingPrintsNothingAndLeavesNoThreadNoPropertyAndNoFile() throws Exception {
        assertThat(ForkedJvm.run(RecordingProgram.class, temp.toString())).isEmpty();
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toList()))
                    .containsExactlyInAnyOrder("trace0", "trace1");
        }
    }

    @Test
    void chronicleItselfReadsWhatWasWritten() throws IOException {
        Path trace = temp.resolve("trace");
        List<TraceRecord> records = new RandomRecords(6).trace(50);
        Traces.write(trace, records);
        RecordEncoder encoder = new RecordEncoder();
        try (ChronicleQueue queue =
                        SingleChronicleQueueBuilder.binary(trace).readOnly(true).build();
                ExcerptTailer tailer = queue.createTailer()) {
            for (TraceRecord record : records) {
                encoder.encode(record);
                try (DocumentContext document = tailer.readingDocument()) {
                    assertThat(document.isPresent()).isTrue();
                    Bytes<?> bytes = document.wire().bytes();
                    assertThat(ByteBuffer.wrap(bytes.toByteArray()))
                            .isEqualTo(ByteBuffer.wrap(encoder.array(), 0, encoder.size()));
                }
            }
        }
    }
}
