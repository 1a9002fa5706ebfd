package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProcessPauseTest {
    private static final long LIMIT_NANOS = Duration.ofSeconds(20).toNanos();

    @TempDir
    Path directory;

    private ByteBuffer counters;
    private ForeignJvm target;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Path file = directory.resolve("counters");
        counters = CountingProgram.map(file);
        target = ForeignJvm.start(
                Path.of(System.getProperty("java.home")),
                List.of("-Xmx32m", "-XX:+UseSerialGC"),
                CountingProgram.class,
                file.toString());
        target.awaitOutput("counting", Duration.ofMinutes(1));
    }

    @AfterEach
    void kill() throws IOException {
        target.close();
    }

    @ParameterizedTest
    @EnumSource(ProcessPause.Mechanism.class)
    void everyThreadStandsWhilePausedAndGoesOnAfterwards(ProcessPause.Mechanism mechanism)
            throws InterruptedException, IOException {
        String cgroup = cgroup();
        try (ProcessPause pause = pause(mechanism)) {
            for (int round = 0; round < 5; round++) {
                assertThat(pause.pause(LIMIT_NANOS)).isPositive();
                long[] first = CountingProgram.read(counters);
                Thread.sleep(60);
                assertThat(CountingProgram.read(counters)).containsExactly(first);
                assertThat(pause.isPaused()).isTrue();
                pause.resume();
                awaitProgress(first);
            }
        }
        assertThat(cgroup()).isEqualTo(cgroup);
        assertThat(target.isAlive()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ProcessPause.Mechanism.class)
    void closingLetsAPausedProcessGoOn(ProcessPause.Mechanism mechanism) throws InterruptedException {
        long[] before;
        try (ProcessPause pause = pause(mechanism)) {
            pause.pause(LIMIT_NANOS);
            before = CountingProgram.read(counters);
        }
        awaitProgress(before);
    }

    @ParameterizedTest
    @EnumSource(ProcessPause.Mechanism.class)
    void aKilledControllerLeavesNothingThatCannotBeUndone(ProcessPause.Mechanism mechanism)
            throws IOException, InterruptedException {
        pause(mechanism).close();
        String cgroup = cgroup();
        try (ForeignJvm controller = ForeignJvm.start(
                Path.of(System.getProperty("java.home")),
                List.of("-Xmx32m"),
                PausingProgram.class,
                Long.toString(target.pid()),
                mechanism.name())) {
            controller.awaitOutput("paused", Duration.ofMinutes(1));
            long[] before = CountingProgram.read(counters);
            controller.kill();
            if (mechanism == ProcessPause.Mechanism.SIGNAL) {
                // The only one whose undoing is a plain command.
                LibC.kill((int) target.pid(), 18);
            } else {
                ProcessPause.recover(target.pid());
            }
            awaitProgress(before);
        }
        assertThat(cgroup()).isEqualTo(cgroup);
    }

    @Test
    void theBestMechanismIsTakenByDefault() {
        try (ProcessPause pause = ProcessPause.of(target.pid())) {
            assertThat(pause.mechanism()).isNotNull();
            pause.pause(LIMIT_NANOS);
        }
    }

    @Test
    void theOwnProcessIsRefused() {
        assertThatThrownBy(() -> ProcessPause.of(ProcessHandle.current().pid()))
                .isInstanceOf(StopException.class)
                .hasMessageContaining("own");
    }

    @Test
    void aProcessThatEndedIsRefusedByEveryMechanismWithItsReason() throws IOException, InterruptedException {
        target.kill();

        assertThatThrownBy(() -> ProcessPause.of(target.pid()))
                .isInstanceOf(StopException.class)
                .hasMessageContainingAll("FREEZER: ", "PTRACE: ", "SIGNAL: ");
    }

    private ProcessPause pause(ProcessPause.Mechanism mechanism) {
        try {
            return ProcessPause.of(target.pid(), mechanism);
        } catch (StopException | SystemCallException | NativeAccessException refused) {
            assumeTrue(false, mechanism + " does not work here: " + refused.getMessage());
            throw refused;
        }
    }

    private String cgroup() throws IOException {
        return Files.readString(Path.of("/proc/" + target.pid() + "/cgroup"));
    }

    /** Every thread must count on, however slow the machine is. */
    private void awaitProgress(long[] before) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        long[] now = CountingProgram.read(counters);
        for (int i = 0; i < before.length; i++) {
            while (now[i] <= before[i]) {
                assertThat(System.nanoTime()).as("counter %d goes on", i).isLessThan(deadline);
                Thread.sleep(1);
                now = CountingProgram.read(counters);
            }
        }
    }
}
