package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.cli.Godwit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills the processes of a rehearsal one by one; the program must not notice. */
@Timeout(180)
class KilledRehearsalTest {
    private static final Path HOME = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path directory;

    @Test
    void aRehearsalKilledInARoundLeavesNothingInTheProgram() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
            Process rehearsal = rehearse(jvm, "1ms");
            await(rehearsal, jvm::isTracked);
            rehearsal.destroyForcibly().waitFor();
            jvm.assertRunsOn();
        }
    }

    @Test
    void aRehearsalKilledInThePauseLetsTheProgramRunOn() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
            Process rehearsal = rehearse(jvm, "60s");
            awaitPause(rehearsal, jvm);
            rehearsal.destroyForcibly().waitFor();
            jvm.assertRunsOn();
        }
    }

    @Test
    void aRehearsalThatIsInterruptedInThePauseSaysSoAndLetsTheProgramRunOn() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
            Process rehearsal = rehearse(jvm, "60s");
            awaitPause(rehearsal, jvm);
            rehearsal.destroy();
            assertThat(rehearsal.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output()).contains("cancelled by the operator");
            jvm.assertRunsOn();
        }
    }

    @Test
    void aHostKilledInThePauseIsSaidAndTheProgramRunsOn() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
            Process rehearsal = rehearse(jvm, "60s");
            awaitPause(rehearsal, jvm);
            rehearsal.children().forEach(ProcessHandle::destroyForcibly);
            assertThat(rehearsal.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(rehearsal.exitValue()).as(output()).isEqualTo(7);
            assertThat(output()).contains("failed:");
            jvm.assertRunsOn();
        }
    }

    private Process rehearse(CheckedJvm jvm, String downtimeLimit) throws IOException {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("bin/java").toString(), "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Godwit.class.getName(), "rehearse"));
        command.addAll(List.of(Long.toString(jvm.pid()), "--local", "--no-agent", "--bandwidth", "40MB/s"));
        command.addAll(List.of("--downtime-limit", downtimeLimit));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    /** In the pause all looks find it stopped; a look or two may find one thread stopped for the tracker. */
    private void awaitPause(Process rehearsal, CheckedJvm jvm) throws IOException, InterruptedException {
        for (int looks = 0; looks < 20; looks++) {
            await(rehearsal, jvm::isStopped);
            looks = jvm.isStopped() ? looks : 0;
            Thread.sleep(5);
        }
    }

    private void await(Process rehearsal, Condition condition) throws IOException, InterruptedException {
        while (!condition.holds()) {
            assertThat(rehearsal.isAlive()).as(output()).isTrue();
            Thread.sleep(5);
        }
    }
}
