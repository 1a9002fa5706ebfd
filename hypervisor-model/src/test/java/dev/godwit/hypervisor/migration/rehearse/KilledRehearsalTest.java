package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.cli.Godwit;
import dev.godwit.hypervisor.cli.Interrupts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills the processes of a rehearsal one by one; the program must not notice. */
@Timeout(180)
class KilledRehearsalTest {
    private static final Path HOME = Path.of(System.getProperty("java.home"));

    private static CheckedJvm jvm;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        jvm = CheckedJvm.start(HOME);
    }

    @AfterAll
    static void stop() throws IOException {
        if (jvm != null) {
            jvm.close();
        }
    }

    @Test
    void aRehearsalKilledInARoundLeavesNothingInTheProgram() throws Exception {
        Process rehearsal = rehearseUntil("pre-copy", "1ms", jvm::isTracked);
        rehearsal.destroyForcibly().waitFor();
        jvm.assertRunsOn();
    }

    @Test
    void aRehearsalKilledInThePauseLetsTheProgramRunOn() throws Exception {
        Process rehearsal = rehearseUntil("pre-copy", "60s", jvm::isInPause);
        rehearsal.destroyForcibly().waitFor();
        jvm.assertRunsOn();
    }

    @Test
    void aRehearsalThatIsInterruptedInARoundSaysSoAndLetsTheProgramRunOn() throws Exception {
        Interrupts.need();
        Process rehearsal = rehearseUntil("pre-copy", "1ms", this::isBehindARound);
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(rehearsal.pid()))
                        .start()
                        .waitFor())
                .isZero();
        assertThat(rehearsal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output()).contains("cancelled by the operator");
        jvm.assertRunsOn();
    }

    @Test
    void aRehearsalThatIsInterruptedInThePauseSaysSoAndLetsTheProgramRunOn() throws Exception {
        Process rehearsal = rehearseUntil("pre-copy", "60s", jvm::isInPause);
        rehearsal.destroy();
        assertThat(rehearsal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output()).contains("cancelled by the operator");
        jvm.assertRunsOn();
    }

    @Test
    void aHostKilledInARoundIsSaidAndTheProgramRunsOn() throws Exception {
        Process rehearsal = rehearseUntil("pre-copy", "1ms", this::isBehindARound);
        killHost(rehearsal);
        assertFailed(rehearsal);
        jvm.assertRunsOn();
    }

    @Test
    void aHostKilledInThePauseIsSaidAndTheProgramRunsOn() throws Exception {
        Process rehearsal = rehearseUntil("pre-copy", "60s", jvm::isInPause);
        killHost(rehearsal);
        assertFailed(rehearsal);
        jvm.assertRunsOn();
    }

    @Test
    void aRehearsalKilledWhileMemoryFollowsLosesNothing() throws Exception {
        Process rehearsal = rehearseUntil("post-copy", "1s", jvm::isMissingPages);
        rehearsal.destroyForcibly().waitFor();
        jvm.assertRunsOn();
    }

    @Test
    void aRehearsalKilledAtTheSwitchLosesNothing() throws Exception {
        // The moment is brief: who looks too late kills it when some memory has followed, and tries again.
        boolean met = false;
        for (int i = 0; i < 5 && !met; i++) {
            Process rehearsal = rehearseUntil("hybrid", "1s", jvm::isMissingPages);
            met = jvm.isStopped();
            rehearsal.destroyForcibly().waitFor();
            jvm.assertRunsOn();
        }
    }

    @Test
    void aHostKilledWhileMemoryFollowsWouldHaveTakenTheVmWithItButNotTheProgram() throws Exception {
        Process rehearsal = rehearseUntil("post-copy", "1s", jvm::isMissingPages);
        killHost(rehearsal);
        assertFailed(rehearsal);
        assertThat(output())
                .contains("the VM is lost")
                .contains("a VM would be lost")
                .contains("from the safety copy");
        jvm.assertRunsOn();
    }

    @Test
    void aRehearsalThatIsInterruptedWhileMemoryFollowsGivesTheProgramAllOfIt() throws Exception {
        Process rehearsal = rehearseUntil("post-copy", "1s", jvm::isMissingPages);
        rehearsal.destroy();
        assertThat(rehearsal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output()).contains("ended by the operator after the switch");
        jvm.assertRunsOn();
    }

    private static void killHost(Process rehearsal) {
        rehearsal
                .children()
                .filter(child ->
                        child.info().arguments().map(List::of).orElse(List.of()).contains("host"))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private void assertFailed(Process rehearsal) throws IOException, InterruptedException {
        assertThat(rehearsal.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(rehearsal.exitValue()).as(output()).isEqualTo(7);
        assertThat(output()).contains("failed:");
    }

    private Process rehearse(String technique, String downtimeLimit) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(HOME.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Godwit.class.getName(), "rehearse"));
        command.addAll(List.of(Long.toString(jvm.pid()), "--local", "--no-agent", "--bandwidth", "40MB/s"));
        command.addAll(List.of("--downtime-limit", downtimeLimit, "--technique", technique, "--watch", "100ms"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** One that is in the state. Who waits for a processor until that is over has not seen it, and tries again. */
    private Process rehearseUntil(String technique, String downtimeLimit, Condition condition)
            throws IOException, InterruptedException {
        for (int i = 0; i < 5; i++) {
            Process rehearsal = rehearse(technique, downtimeLimit);
            while (rehearsal.isAlive()) {
                if (condition.holds()) {
                    return rehearsal;
                }
                Thread.sleep(5);
            }
        }
        throw new AssertionError("never in that state: " + output());
    }

    private boolean isBehindARound() throws IOException {
        return output().contains("round 1: sent");
    }
}
