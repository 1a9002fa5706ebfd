package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.cli.inspect.TraceSummary;
import dev.godwit.hypervisor.cli.record.TraceFollower;
import dev.godwit.trace.TraceEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code record --pid}: of a JVM that lets us in, and of everything that does not. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class AttachTest {
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

    @TempDir
    private Path folder;

    private Path trace;
    private Process subject;

    @BeforeEach
    void needTheAgent() throws Exception {
        ForkedCli.needAgent();
        trace = folder.resolve("trace");
        // Others must get in, for the tests with two users.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void endTheSubject() {
        if (subject != null) {
            subject.destroyForcibly();
        }
    }

    @Test
    void aRunningJvmIsRecordedAndGoesOn() throws Exception {
        subject = ForkedCli.startBusy(List.of(), 600);

        Cli.Result result = record(subject.pid(), "1s");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(subject.isAlive()).isTrue();
        TraceSummary summary = TraceSummary.read(trace);
        assertThat(summary.end().reason()).isEqualTo(TraceEnd.Reason.COMPLETED);
        assertThat(summary.facts().pid()).isEqualTo(subject.pid());
    }

    @Test
    void aSecondRecordingIsRefusedAndTheFirstGoesOn() throws Exception {
        subject = ForkedCli.startBusy(List.of(), 600);
        Path first = folder.resolve("first");
        try (ForkedCli cli = ForkedCli.start(
                folder, "record", "--pid", "" + subject.pid(), "--duration", "600s", "--output", first.toString())) {
            awaitRecording(first);
            Cli.Result second = record(subject.pid(), "1s");

            assertThat(second.code()).isEqualTo(ExitCode.RECORDING_FAILED.code());
            assertThat(second.err()).contains("a recording is running");
            assertThat(trace).doesNotExist();
            subject.destroy();
            assertThat(cli.result().code()).isZero();
            assertThat(TraceSummary.read(first).end().reason())
                    .as("it went on until the program ended")
                    .isEqualTo(TraceEnd.Reason.PROGRAM_ENDED);
        }
    }

    @Test
    void aJvmThatEndsWhileItIsRecordedLeavesAWholeTrace() throws Exception {
        subject = ForkedCli.startBusy(List.of(), 600);
        try (ForkedCli cli = ForkedCli.start(
                folder, "record", "--pid", "" + subject.pid(), "--duration", "600s", "--output", trace.toString())) {
            awaitRecording(trace);
            subject.destroy();

            Cli.Result result = cli.result();
            assertThat(result.code()).as(result.err()).isZero();
        }
        assertThat(TraceSummary.read(trace).end().reason()).isEqualTo(TraceEnd.Reason.PROGRAM_ENDED);
    }

    @Test
    void aMissingProcessIsRefused() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();

        assertRefused(record(gone.pid(), "2s"), "there is no process " + gone.pid());
    }

    @Test
    void aProcessThatIsNoJvmIsRefusedAndLivesOn() throws Exception {
        subject = new ProcessBuilder("sleep", "600").start();

        assertRefused(record(subject.pid(), "1s"), "process " + subject.pid() + " (sleep) is not a HotSpot JVM");
        assertThat(subject.isAlive()).isTrue();
    }

    @Test
    void aJvmThatIsClosedToAttachingIsRefused() throws Exception {
        List<String> words = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+DisableAttachMechanism",
                "-cp",
                ForkedCli.busyClassPath(),
                BusyProgram.class.getName(),
                "600");
        subject = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(subject.getInputStream().read()).isEqualTo('b');

        assertRefused(record(subject.pid(), "1s"), "DisableAttachMechanism");
    }

    @Test
    void aJvmOfAnotherUserIsRefusedWithTheUserToBe() throws Exception {
        needNobody();
        subject = ForkedCli.startBusy(List.of(), 600);
        try (ForkedCli cli = ForkedCli.start(
                folder, AS_NOBODY, "record", "--pid", "" + subject.pid(), "--output", trace.toString())) {
            assertRefused(cli.result(), "belongs to user root; run godwit as that user");
        }
        assertThat(subject.isAlive()).isTrue();
    }

    @Test
    void rootMayRecordTheJvmOfAnotherUserWhoThenOwnsTheTrace() throws Exception {
        needNobody();
        subject = ForkedCli.startBusy(AS_NOBODY, 600);

        Cli.Result result = record(subject.pid(), "1s");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(Files.getAttribute(trace, "unix:uid")).isEqualTo(65534);
        assertThat(TraceSummary.read(trace).end().reason()).isEqualTo(TraceEnd.Reason.COMPLETED);
    }

    /** Skips unless we are root, and user nobody can reach what these tests start. */
    private void needNobody() throws Exception {
        Process probe = new ProcessBuilder(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "test",
                        "-r",
                        Path.of("target/test-classes").toAbsolutePath() + "/"
                                + BusyProgram.class.getName().replace('.', '/') + ".class",
                        "-a",
                        "-w",
                        folder.toString())
                .start();
        Assumptions.assumeTrue(
                probe.waitFor() == 0, "not root, no setpriv, or user nobody cannot read the build's classes");
    }

    private static void awaitRecording(Path trace) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.isDirectory(trace) || !hasBegun(trace)) {
            assertThat(System.nanoTime()).as("the recording does not begin").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static boolean hasBegun(Path trace) throws Exception {
        try (TraceFollower follower = new TraceFollower(trace)) {
            follower.drain();
            return follower.hasBegun();
        }
    }

    private Cli.Result record(long pid, String duration) throws Exception {
        try (ForkedCli cli = ForkedCli.start(
                folder, "record", "--pid", "" + pid, "--duration", duration, "--output", trace.toString())) {
            return cli.result();
        }
    }

    private void assertRefused(Cli.Result result, String why) {
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.CANNOT_ATTACH.code());
        assertThat(result.err()).startsWith("godwit: ").contains(why).hasLineCount(1);
        assertThat(trace).doesNotExist();
    }
}
