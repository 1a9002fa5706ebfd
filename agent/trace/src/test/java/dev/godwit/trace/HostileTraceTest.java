package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.trace.TraceFormatException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a trace holds, reading it ends with its last record or with one {@link TraceFormatException}. */
@Timeout(120)
class HostileTraceTest {
    private static final int MAGIC = 0x54574447;

    @TempDir
    Path temp;

    private Path trace;
    private Path file;
    private byte[] whole;

    @BeforeEach
    void writeTrace() throws IOException {
        trace = temp.resolve("trace");
        Traces.write(trace, new RandomRecords(7).trace(60));
        file = Traces.queueFile(trace);
        whole = Files.readAllBytes(file);
    }

    @Test
    void aMissingDirectoryAFileAndAnEmptyDirectoryAreNoTraces() throws IOException {
        assertThat(failure(temp.resolve("none"))).hasMessageContaining("there is no such directory");
        assertThat(failure(Files.writeString(temp.resolve("file"), "x"))).hasMessageContaining("it is no directory");
        assertThat(failure(Files.createDirectory(temp.resolve("empty")))).hasMessageContaining("it holds no .cq4 file");
        Path other = Files.createDirectory(temp.resolve("other"));
        Files.writeString(other.resolve("20260101F.cq4"), "this is no queue at all");
        assertThat(failure(other)).hasMessageContaining("20260101F.cq4 is no Chronicle Queue file");
        for (Path path : List.of(temp.resolve("none"), temp.resolve("file"), temp.resolve("empty"), other)) {
            assertThat(failure(path).reason()).isEqualTo(Reason.NOT_A_TRACE);
        }
    }

    @Test
    void aQueueOfSomethingElseIsNoTrace() {
        Path other = temp.resolve("other");
        try (ChronicleQueue queue = ChronicleQueue.single(other.toString());
                ExcerptAppender appender = queue.createAppender()) {
            appender.writeText("not ours, but long enough to be a record of a trace");
        }
        TraceFormatException failure = failure(other);
        assertThat(failure.reason()).isEqualTo(Reason.NOT_A_TRACE);
        assertThat(failure).hasMessageContaining("a Chronicle Queue of something else");
    }

    @Test
    void aTraceCutAtAnyByteIsRefused() throws IOException {
        int end = endOfLastDocument();
        Random random = new Random(11);
        List<Integer> lengths = new ArrayList<>();
        for (int length = 0; length < 600; length++) {
            lengths.add(length);
        }
        for (int[] document : documents()) {
            lengths.addAll(List.of(document[0] - 1, document[0], document[0] + 1, document[0] + 4, document[0] + 20));
        }
        for (int i = 0; i < 800; i++) {
            lengths.add(random.nextInt(end));
        }
        for (int length = end - 100; length < end; length++) {
            lengths.add(length);
        }
        for (int length : lengths) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(failure(trace).reason()).as("cut at byte " + length).isEqualTo(Reason.CUT_OFF);
        }
        Files.write(file, Arrays.copyOf(whole, end));
        assertThat(Traces.read(trace)).hasSize(62);
    }

    @Test
    void aCutTraceSaysHowFarItGoes() throws IOException {
        Files.write(file, Arrays.copyOf(whole, endOfLastDocument() - 10));
        assertThat(failure(trace))
                .hasMessageContaining("cannot read trace " + trace)
                .hasMessageContaining("cut off after 61 records at second ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aFlippedBitInAnyRecordIsFound() throws IOException {
        Random random = new Random(13);
        List<int[]> documents = documents();
        for (int i = 0; i < 1000; i++) {
            int[] document = documents.get(random.nextInt(documents.size()));
            int at = document[0] + 4 + random.nextInt(document[1]);
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            boolean magicOfFirst = document == documents.get(0) && at < document[0] + 8;
            assertThat(failure(trace).reason())
                    .as("byte " + at)
                    .isEqualTo(magicOfFirst ? Reason.NOT_A_TRACE : Reason.CORRUPT);
        }
    }

    @Test
    void aFlippedBitOutsideTheRecordsNeverHarms() throws IOException {
        List<TraceRecord> records = Traces.read(trace);
        Random random = new Random(17);
        for (int i = 0; i < 1000; i++) {
            byte[] flipped = whole.clone();
            int at = random.nextInt(8) == 0 ? random.nextInt(whole.length) : headerByte(random);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            try {
                assertThat(Traces.read(trace)).isEqualTo(records);
            } catch (TraceFormatException e) {
                assertThat(e.getMessage()).startsWith("cannot read trace").doesNotContain("\n");
            }
        }
    }

    @Test
    void noiseIsRefused() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] noise = new byte[random.nextInt(200_000)];
            random.nextBytes(noise);
            int kept = Math.min(noise.length, random.nextInt(whole.length));
            System.arraycopy(whole, 0, noise, 0, Math.min(kept, endOfLastDocument() - 1));
            Files.write(file, noise);
            assertThat(failure(trace)).isNotNull();
        }
    }

    @Test
    void payloadsOfNoiseWithARightChecksumAreRefusedOrRead() throws IOException {
        List<int[]> documents = documents();
        for (int seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            int[] document = documents.get(1 + random.nextInt(documents.size() - 2));
            byte[] changed = whole.clone();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                changed[document[0] + 20 + random.nextInt(document[1] - 16)] = (byte) random.nextInt();
            }
            seal(changed, document);
            Files.write(file, changed);
            try {
                Traces.read(trace);
            } catch (TraceFormatException e) {
                assertThat(e.reason()).isEqualTo(Reason.CORRUPT);
            }
        }
    }

    @Test
    void aNewerVersionIsToldFromDamage() throws IOException {
        byte[] newer = whole.clone();
        newer[documents().get(0)[0] + 8]++;
        Files.write(file, newer);
        assertThat(failure(trace).reason()).isEqualTo(Reason.CORRUPT);
        seal(newer, documents().get(0));
        Files.write(file, newer);
        assertThat(failure(trace).reason()).isEqualTo(Reason.NEWER_VERSION);
        assertThat(failure(trace)).hasMessageContaining("it has version 3, this Godwit reads versions up to 2");
    }

    @Test
    void aTraceOfTheVersionBeforeIsRead() throws IOException {
        List<TraceRecord> records = new ArrayList<>();
        for (TraceRecord record : Traces.read(trace)) {
            if (isOfVersion1(record) && !(record instanceof TraceEnd)) {
                records.add(record);
            }
        }
        Path older = temp.resolve("older");
        Traces.write(older, records);
        file = Traces.queueFile(older);
        whole = Files.readAllBytes(file);
        Files.write(file, asVersion1(whole));
        assertThat(Traces.read(older)).hasSize(records.size() + 1).containsAll(records);
    }

    @Test
    void whatTheVersionBeforeDidNotHaveIsRefusedInIt() throws IOException {
        Path older = temp.resolve("older");
        List<TraceRecord> news = List.of(
                new RandomRecords(3).signals(),
                new RandomRecords(3).declaredMemory(),
                new HintEvent(1, HintEvent.Type.BUSY, "n", "", 1, 1));
        for (TraceRecord record : news) {
            Traces.write(older, List.of(new RandomRecords(3).facts(), record));
            file = Traces.queueFile(older);
            whole = Files.readAllBytes(file);
            Files.write(file, asVersion1(whole));
            assertThat(failure(older).reason()).isEqualTo(Reason.CORRUPT);
            assertThat(failure(older)).hasMessageContaining("record 2 ").hasMessageContaining("ersion");
            deleteTrace(older);
        }
    }

    private static boolean isOfVersion1(TraceRecord record) {
        boolean news = record instanceof JvmSignals || record instanceof DeclaredMemory;
        return !news && !(record instanceof HintEvent hint && hint.type() == HintEvent.Type.BUSY);
    }

    private byte[] asVersion1(byte[] bytes) {
        byte[] changed = bytes.clone();
        for (int[] document : documents()) {
            changed[document[0] + 8] = 1;
            seal(changed, document);
        }
        return changed;
    }

    private static void deleteTrace(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.collect(Collectors.toList())) {
                Files.delete(entry);
            }
        }
        Files.delete(directory);
    }

    @Test
    void anUnknownTypeOfRecordIsRefused() throws IOException {
        byte[] changed = whole.clone();
        changed[documents().get(3)[0] + 10] = 99;
        seal(changed, documents().get(3));
        Files.write(file, changed);
        assertThat(failure(trace)).hasMessageContaining("record 4 (byte ").hasMessageContaining("type=99");
    }

    @Test
    void aDocumentLargerThanARecordMayBeIsRefusedBeforeItIsRead() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 31);
            sparse.seek(documents().get(2)[0]);
            sparse.writeInt(Integer.reverseBytes(TraceLimits.MAX_RECORD_BYTES + 1));
        }
        assertThat(failure(trace).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void twoQueueFilesAreNoTrace() throws IOException {
        Files.copy(file, trace.resolve("20000101F.cq4"));
        assertThat(failure(trace).reason()).isEqualTo(Reason.NOT_A_TRACE);
    }

    @Test
    void aDirectoryInPlaceOfTheFileIsNoTrace() throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(failure(trace).reason()).isEqualTo(Reason.NOT_A_TRACE);
    }

    @Test
    void readingChangesNothingAndLeavesNothing() throws IOException {
        Path metadata = trace.resolve("metadata.cq4t");
        byte[] metadataBefore = Files.readAllBytes(metadata);
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(file, old);
        Files.setLastModifiedTime(metadata, old);
        try (TraceReader one = TraceReader.open(trace);
                TraceReader other = TraceReader.open(trace)) {
            for (TraceRecord record = one.next(); record != null; record = one.next()) {
                assertThat(other.next()).isEqualTo(record);
            }
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        assertThat(Files.readAllBytes(metadata)).isEqualTo(metadataBefore);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
        assertThat(Files.getLastModifiedTime(metadata)).isEqualTo(old);
        try (Stream<Path> entries = Files.list(trace)) {
            assertThat(entries.collect(Collectors.toList())).containsExactlyInAnyOrder(file, metadata);
        }
    }

    @Test
    void recordsOutOfPlaceAreRefused() throws IOException {
        assertThatThrownBy(() -> {
                    try (TraceWriter writer = TraceWriter.create(temp.resolve("x"), Traces.MAX_BYTES)) {
                        writer.offer(new Notice(0, "first"));
                    }
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Notice cannot be record 1 of a trace");
        byte[] changed = whole.clone();
        int[] first = documents().get(0);
        changed[first[0] + 10] = 9;
        seal(changed, first);
        Files.write(file, changed);
        assertThat(failure(trace).reason()).isEqualTo(Reason.CORRUPT);
        int[] last = documents().get(61);
        changed = whole.clone();
        changed[last[0] + 4 + 24]++;
        seal(changed, last);
        Files.write(file, changed);
        assertThat(failure(trace)).hasMessageContaining("ends a trace of 62 records, but 61 were read");
    }

    private static TraceFormatException failure(Path directory) {
        TraceFormatException failure = catchThrowableOfType(TraceFormatException.class, () -> Traces.read(directory));
        assertThat(failure).as("%s is refused", directory).isNotNull();
        return failure;
    }

    private int headerByte(Random random) {
        List<int[]> documents = documents();
        return documents.get(random.nextInt(documents.size()))[0] + random.nextInt(4);
    }

    private int endOfLastDocument() {
        List<int[]> documents = documents();
        int[] last = documents.get(documents.size() - 1);
        return last[0] + 4 + last[1];
    }

    /** Offset of the header and length of each record, found by its magic. */
    private List<int[]> documents() {
        ByteBuffer buffer = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        List<int[]> documents = new ArrayList<>();
        for (int at = 0; at + 20 < whole.length; at += 4) {
            if (buffer.getInt(at + 4) == MAGIC && buffer.getInt(at + 12) + 16 == buffer.getInt(at)) {
                documents.add(new int[] {at, buffer.getInt(at)});
            }
        }
        return documents;
    }

    private static void seal(byte[] bytes, int[] document) {
        int start = document[0] + 4;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, start, 12);
        checksum.update(bytes, start + 16, document[1] - 16);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(start + 12, (int) checksum.getValue());
    }
}
