package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.cli.inspect.TraceSummary;
import dev.godwit.hypervisor.cli.record.TraceFollower;
import dev.godwit.trace.TraceEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each test starts the command line and a program in processes of their own. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class RecordCommandTest {
    @TempDir
    private Path folder;

    private Path trace;

    @BeforeEach
    void needTheAgent() {
        ForkedCli.needAgent();
        trace = folder.resolve("trace");
    }

    @Test
    void aProgramIsRecordedToItsEndAndKeepsItsOutput() throws Exception {
        Cli.Result result = record(ForkedCli.busyUntil("recording"));

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("busy\nbusy no more\n");
        assertThat(result.err()).contains("godwit: recorded ", "next: godwit inspect " + trace);
        TraceSummary summary = TraceSummary.read(trace);
        assertThat(summary.end().reason()).isEqualTo(TraceEnd.Reason.PROGRAM_ENDED);
        assertThat(summary.facts().mainClass()).contains("BusyProgram");
        assertThat(summary.layout()).isPresent();
    }

    @Test
    void aProgramIsEndedWhenTheDurationIsOver() throws Exception {
        Cli.Result result = record(words("--duration", "1s"), ForkedCli.busy(600));

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("busy\n");
        assertThat(TraceSummary.read(trace).end().reason()).isEqualTo(TraceEnd.Reason.COMPLETED);
    }

    @Test
    void aProgramThatIsToBeKeptRunsToItsOwnEnd() throws Exception {
        Cli.Result result = record(words("--duration", "1s", "--keep-running"), ForkedCli.busyUntil("finished"));

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("busy\nbusy no more\n");
        assertThat(TraceSummary.read(trace).end().reason()).isEqualTo(TraceEnd.Reason.COMPLETED);
    }

    @Test
    void aToolOfTheJdkIsRecorded() throws Exception {
        Path archive = folder.resolve("archive.jar");
        // What it reads from is a pipe: it does not end before it is recorded.
        Path manifest = folder.resolve("manifest");
        Assumptions.assumeTrue(
                new ProcessBuilder("mkfifo", manifest.toString()).start().waitFor() == 0, "no mkfifo");
        String[] jar = {"jar", "--create", "--file", archive.toString(), "--manifest", manifest.toString()};
        try (ForkedCli cli = ForkedCli.start(folder, command(List.of(), jar))) {
            awaitRecording();
            Process writing =
                    new ProcessBuilder("sh", "-c", "echo 'Made-Of: nothing' > \"$0\"", manifest.toString()).start();
            try {
                Cli.Result result = cli.result();

                assertThat(result.code()).as(result.err()).isZero();
                assertThat(archive).exists();
                assertThat(TraceSummary.read(trace).end().records()).isPositive();
            } finally {
                writing.destroyForcibly();
            }
        }
    }

    @Test
    void aProgramThatCannotStartLeavesOneLineAndNoDirectory() throws Exception {
        Cli.Result result = record("NoSuchClass");

        assertThat(result.code()).isEqualTo(ExitCode.RECORDING_FAILED.code());
        assertThat(godwitLines(result))
                .singleElement()
                .isEqualTo("godwit: NoSuchClass ended with exit code 1 before the recording began (the half-written "
                        + trace + " was removed)");
        assertThat(trace).doesNotExist();
    }

    @Test
    void aProgramThatIsKilledLeavesOneLineAndNoDirectory() throws Exception {
        try (ForkedCli cli = ForkedCli.start(folder, command(List.of(), ForkedCli.busy(600)))) {
            awaitRecording();
            cli.children().forEach(ProcessHandle::destroyForcibly);
            Cli.Result result = cli.result();

            assertThat(result.code()).isEqualTo(ExitCode.RECORDING_FAILED.code());
            assertThat(godwitLines(result))
                    .singleElement()
                    .asString()
                    .contains("ended with exit code 137 before its recorder could end the trace");
            assertThat(trace).doesNotExist();
        }
    }

    @Test
    void interruptedARecordingEndsItsProgramAndKeepsWhatItHas() throws Exception {
        try (ForkedCli cli = ForkedCli.start(folder, command(List.of(), ForkedCli.busy(600)))) {
            awaitRecording();
            List<ProcessHandle> children = cli.children();
            cli.interrupt();
            Cli.Result result = cli.result();

            assertThat(result.code()).isEqualTo(ExitCode.INTERRUPTED.code());
            assertThat(result.err()).contains("godwit: recorded ");
            assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
            assertThat(TraceSummary.read(trace).end().reason()).isEqualTo(TraceEnd.Reason.PROGRAM_ENDED);
        }
    }

    @Test
    void aDiskThatFillsUpLeavesOneLineAndNoDirectory() throws Exception {
        try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 4)) {
            trace = disk.path().resolve("trace");
            try (ForkedCli cli = ForkedCli.start(
                    folder,
                    command(
                            words("--interval", "10ms"),
                            // Many small regions and many collections make a trace that grows fast.
                            Stream.concat(
                                            Stream.of("-Xmx4g", "-Xmn4m", "-XX:+UseG1GC", "-XX:G1HeapRegionSize=1m"),
                                            Stream.of(ForkedCli.busy(600)).skip(1))
                                    .toArray(String[]::new)))) {
                Cli.Result result = cli.result();

                assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.RECORDING_FAILED.code());
                assertThat(result.err()).contains("godwit: the disk of " + trace + " is full; free some space");
                assertThat(disk.path()).isEmptyDirectory();
            }
        }
    }

    @Test
    void aFullDiskIsRefusedBeforeTheProgramIsStarted() throws Exception {
        try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"))) {
            trace = disk.path().resolve("trace");

            Cli.Result result = record(ForkedCli.busy(600));

            assertThat(result.code()).isEqualTo(ExitCode.RECORDING_FAILED.code());
            assertThat(result.out()).isEmpty();
            assertThat(godwitLines(result)).singleElement().asString().contains("the disk is full");
            assertThat(disk.path()).isEmptyDirectory();
        }
    }

    @Test
    void aDirectoryThatHoldsSomethingIsRefusedAndStays() throws Exception {
        Path mine = Files.writeString(Files.createDirectory(trace).resolve("mine"), "mine");

        Cli.Result result = record(ForkedCli.busy(600));

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(godwitLines(result)).singleElement().asString().contains("it is not empty");
        assertThat(mine).hasContent("mine");
    }

    private Cli.Result record(String... program) throws Exception {
        return record(List.of(), program);
    }

    private Cli.Result record(List<String> options, String... program) throws Exception {
        try (ForkedCli cli = ForkedCli.start(folder, command(options, program))) {
            return cli.result();
        }
    }

    private String[] command(List<String> options, String... program) {
        return Stream.of(
                        Stream.of("record", "--output", trace.toString()),
                        options.stream(),
                        Stream.of("--"),
                        Stream.of(program))
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    private void awaitRecording() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.isDirectory(trace) || !hasRecords()) {
            assertThat(System.nanoTime()).as("the recording does not begin").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private boolean hasRecords() throws Exception {
        try (TraceFollower follower = new TraceFollower(trace)) {
            follower.drain();
            return follower.hasBegun();
        }
    }

    private static List<String> words(String... words) {
        return List.of(words);
    }

    private static List<String> godwitLines(Cli.Result result) {
        return result.err().lines().filter(line -> line.startsWith("godwit: ")).toList();
    }
}
