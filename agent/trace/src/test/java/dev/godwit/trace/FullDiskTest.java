package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A full disk ends the recording and never the JVM, on real file systems of a few MiB. */
@Timeout(300)
class FullDiskTest {
    private static final long COMMAND_TIMEOUT_SECONDS = 20;

    @TempDir
    Path temp;

    private Path disk;

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (disk != null) {
            run("umount", "-l", disk.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"1100k, 1", "1500k, 2", "2m, 3", "5003k, 4"})
    void aFullTmpfsEndsTheRecordingNotTheJvm(String size, long seed) throws Exception {
        mountTmpfs(size);
        assertRecordingEndsOutOfSpace(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aFullExt4EndsTheRecordingNotTheJvm(long seed) throws Exception {
        Path image = temp.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((12 << 20) + seed * 333_000);
        }
        assumeTrue(run("mkfs.ext4", "-q", image.toString()), "mkfs.ext4 is not there");
        mount("mount", "-o", "loop", image.toString());
        assertRecordingEndsOutOfSpace(seed);
    }

    @Test
    void aDiskWithoutRoomToBeginIsAnErrorAndLeavesNothing() throws Exception {
        mountTmpfs("300k");
        Path trace = disk.resolve("trace");
        assertThatThrownBy(() -> TraceWriter.create(trace, 1L << 30))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot record into " + trace + ": the disk is full; free at least");
        assertThat(trace).doesNotExist();
    }

    private void assertRecordingEndsOutOfSpace(long seed) throws Exception {
        Path trace = disk.resolve("trace");
        String printed = ForkedJvm.run(FullDiskProgram.class, trace.toString(), Long.toString(seed));

        List<TraceRecord> records = Traces.read(trace);
        TraceEnd end = (TraceEnd) records.get(records.size() - 1);
        assertThat(end.reason()).isEqualTo(TraceEnd.Reason.OUT_OF_SPACE);
        long lost = records.stream()
                .filter(Loss.class::isInstance)
                .map(Loss.class::cast)
                .filter(loss -> !loss.recordType().startsWith("random "))
                .mapToLong(Loss::records)
                .sum();
        assertThat(printed).isEqualTo("records=" + records.size() + " dropped=" + lost + " failure=none");
        assertThat(lost).isGreaterThan(500);
    }

    private void mountTmpfs(String size) throws Exception {
        mount("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs");
    }

    private void mount(String... command) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small disk needs root");
        Path point = Files.createDirectory(temp.resolve("disk"));
        String[] whole = Arrays.copyOf(command, command.length + 1);
        whole[command.length] = point.toString();
        assumeTrue(run(whole), "this machine does not let us mount");
        disk = point;
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(COMMAND_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }
}
