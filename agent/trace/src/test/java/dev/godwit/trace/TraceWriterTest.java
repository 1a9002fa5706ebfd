package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceWriterTest {
    @TempDir
    Path temp;

    private final RandomRecords random = new RandomRecords(5);
    private Path trace;

    @BeforeEach
    void nameTrace() {
        trace = temp.resolve("trace");
    }

    @Test
    void aRecordThatIsTooLargeIsCountedAndTheTraceGoesOn() throws IOException {
        Notice before = new Notice(1, "before");
        Notice after = new Notice(2, "after");
        DirtyPages tooLarge = new DirtyPages(0, 1, 0, everyOtherPage(9 << 20), PageRuns.empty(), PageRuns.empty());
        try (TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES)) {
            assertThat(writer.offer(random.facts())).isTrue();
            assertThat(writer.offer(before)).isTrue();
            assertThat(writer.offer(tooLarge)).isFalse();
            assertThat(writer.offer(tooLarge)).isFalse();
            assertThat(writer.offer(after)).isTrue();
            assertThat(writer.offer(tooLarge)).isFalse();
            writer.countDropped(HintEvent.class, 4);
            writer.close(TraceEnd.Reason.PROGRAM_ENDED, 9);
        }
        List<TraceRecord> records = Traces.read(trace);
        assertThat(records.subList(1, records.size()))
                .containsExactly(
                        before,
                        new Loss(2, "DirtyPages", 2),
                        after,
                        new Loss(9, "DirtyPages", 1),
                        new Loss(9, "HintEvent", 4),
                        new TraceEnd(9, 6, TraceEnd.Reason.PROGRAM_ENDED));
    }

    @Test
    void aRecordOfTheLargestSizeIsKept() throws IOException {
        DirtyPages large = new DirtyPages(0, 1, 0, everyOtherPage(8_380_000), PageRuns.empty(), PageRuns.empty());
        Traces.write(trace, List.of(random.facts(), large, large, large));
        assertThat(Traces.read(trace)).hasSize(5).contains(large);
    }

    @ParameterizedTest
    @ValueSource(longs = {TraceWriter.MIN_BYTES, 3_000_000, 20_000_000})
    void aTraceNeverExceedsItsLargestSizeAndKeepsItsEnd(long maxBytes) throws IOException {
        try (TraceWriter writer = TraceWriter.create(trace, maxBytes)) {
            writer.offer(random.facts());
            for (int type = 0; !writer.isFull(); type++) {
                writer.offer(random.record(type));
                assertThat(writer.sizeBytes()).isLessThanOrEqualTo(maxBytes);
            }
            assertThat(writer.offer(new Notice(0, "too late"))).isFalse();
            writer.close(TraceEnd.Reason.COMPLETED);
            assertThat(writer.failure()).isEmpty();
        }
        assertThat(sizeOf(trace)).isLessThanOrEqualTo(maxBytes).isGreaterThan(maxBytes / 2);
        List<TraceRecord> records = Traces.read(trace);
        assertThat(((TraceEnd) records.get(records.size() - 1)).reason()).isEqualTo(TraceEnd.Reason.OUT_OF_SPACE);
        assertThat(records.subList(records.size() - 12, records.size() - 1))
                .filteredOn(Loss.class::isInstance)
                .extracting(record -> ((Loss) record).recordType())
                .contains("Notice");
    }

    @Test
    void anInvalidRecordIsLeftOutAndTheReasonGivenOnce() throws IOException {
        DirtyPages invalid = new DirtyPages(8, 7, 0, PageRuns.empty(), PageRuns.empty(), PageRuns.empty());
        Traces.write(trace, List.of(random.facts(), invalid, invalid));
        assertThat(Traces.read(trace).subList(1, 4))
                .containsExactly(
                        new Notice(7, "invalid DirtyPages left out: fromNanos=8 is not between 0 and 7"),
                        new Loss(7, "DirtyPages", 2),
                        new TraceEnd(7, 3, TraceEnd.Reason.COMPLETED));
    }

    @Test
    void aLongStringIsCutAndLongListsEnd() throws IOException {
        String text = "\u00e9\uD83D\uDE00".repeat(20_000);
        JvmFacts facts = random.facts();
        Traces.write(trace, List.of(facts, new Notice(0, text)));
        Notice read = (Notice) Traces.read(trace).get(1);
        assertThat(read.text()).endsWith("\u2026").hasSizeBetween(16_000, 17_000);
        assertThat(text).startsWith(read.text().substring(0, read.text().length() - 1));

        JvmFacts many = new JvmFacts(
                0,
                0,
                1,
                "",
                "",
                "",
                "",
                Collections.nCopies(5000, "-Da=b"),
                Collector.G1,
                1,
                1,
                4096,
                PageTracker.NONE,
                true,
                1);
        Traces.write(temp.resolve("many"), List.of(many));
        JvmFacts readFacts = (JvmFacts) Traces.read(temp.resolve("many")).get(0);
        assertThat(readFacts.jvmArguments()).hasSize(TraceLimits.MAX_ARGUMENTS);
    }

    @Test
    void anotherThreadMayNotWrite() throws Exception {
        try (TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES)) {
            writer.offer(random.facts());
            Throwable[] thrown = new Throwable[1];
            Thread other = new Thread(
                    () -> {
                        try {
                            writer.offer(new Notice(0, "from elsewhere"));
                        } catch (IllegalStateException e) {
                            thrown[0] = e;
                        }
                    },
                    "elsewhere");
            other.start();
            other.join();
            assertThat(thrown[0])
                    .hasMessageContaining(
                            "is written by thread '" + Thread.currentThread().getName() + "', not by 'elsewhere'");
        }
    }

    @Test
    void anInterruptedThreadCanStillWriteAndStaysInterrupted() throws IOException {
        try (TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES)) {
            Thread.currentThread().interrupt();
            assertThat(writer.offer(random.facts())).isTrue();
            for (int i = 0; i < 100; i++) {
                assertThat(writer.offer(random.dirtyPages())).isTrue();
            }
            writer.close(TraceEnd.Reason.COMPLETED);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(Traces.read(trace)).hasSize(102);
    }

    @Test
    void aClosedWriterRefusesRecordsAndMayBeClosedAgain() throws IOException {
        TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES);
        writer.offer(random.facts());
        writer.close();
        writer.close();
        assertThatThrownBy(() -> writer.offer(new Notice(0, "late"))).hasMessageContaining("is closed");
        assertThat(Traces.read(trace).get(1)).isEqualTo(new TraceEnd(0, 1, TraceEnd.Reason.FAILED));
    }

    private static PageRuns everyOtherPage(int runs) {
        PageRuns.Builder builder = new PageRuns.Builder();
        for (int run = 0; run < runs; run++) {
            builder.add(run * 2L, 1);
        }
        return builder.build();
    }

    private static long sizeOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.collect(Collectors.summingLong(file -> file.toFile().length()));
        }
    }
}
