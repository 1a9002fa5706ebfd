package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceDirectoryTest {
    @TempDir
    Path temp;

    @Test
    void onlyTheOwnerMayReadATraceWhileItIsWrittenAndAfterwards() throws IOException {
        Path trace = temp.resolve("trace");
        try (TraceWriter writer = TraceWriter.create(trace, Traces.MAX_BYTES)) {
            assertOwnerOnly(trace);
            writer.offer(new RandomRecords(1).facts());
            assertOwnerOnly(trace);
        }
        assertOwnerOnly(trace);
    }

    @Test
    void aTraceIsTwoFilesAndNoMore() throws IOException {
        Path trace = temp.resolve("trace");
        Traces.write(trace, new RandomRecords(1).trace(20));
        List<String> names = list(trace).stream()
                .map(file -> file.getFileName().toString())
                .sorted()
                .collect(Collectors.toList());
        assertThat(names).hasSize(2);
        assertThat(names.get(0)).matches("[0-9]{8}F\\.cq4");
        assertThat(names.get(1)).isEqualTo("metadata.cq4t");
        assertThat(list(temp)).containsExactly(trace);
    }

    @Test
    void aTraceTakesNoMoreOfTheDiskThanItUses() throws IOException {
        Path trace = temp.resolve("trace");
        Traces.write(trace, new RandomRecords(1).trace(9));
        assertThat(Files.size(Traces.queueFile(trace))).isLessThan(128 << 10);
    }

    @Test
    void anEmptyDirectoryIsTakenAndClosedToOthers() throws IOException {
        Path trace = Files.createDirectory(
                temp.resolve("trace"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Traces.write(trace, new RandomRecords(1).trace(1));
        assertOwnerOnly(trace);
    }

    @Test
    void aDirectoryThatHoldsSomethingIsLeftAlone() throws IOException {
        Path file = Files.writeString(temp.resolve("mine.txt"), "mine");
        assertThatThrownBy(() -> TraceWriter.create(temp, Traces.MAX_BYTES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot record into " + temp)
                .hasMessageContaining("not empty");
        assertThat(list(temp)).containsExactly(file);
    }

    @Test
    void aFileIsNotTakenForADirectory() throws IOException {
        Path file = Files.writeString(temp.resolve("mine.txt"), "mine");
        assertThatThrownBy(() -> TraceWriter.create(file, Traces.MAX_BYTES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no directory");
        assertThat(file).hasContent("mine");
    }

    @Test
    void aTraceWithoutRecordsIsRemoved() throws IOException {
        Path trace = temp.resolve("trace");
        TraceWriter.create(trace, Traces.MAX_BYTES).close(TraceEnd.Reason.COMPLETED);
        assertThat(trace).doesNotExist();
    }

    private static void assertOwnerOnly(Path trace) throws IOException {
        assertThat(mode(trace)).isEqualTo("rwx------");
        assertThat(list(trace))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.collect(Collectors.toList());
        }
    }
}
