package dev.godwit.linux.guardian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.Capabilities;
import dev.godwit.linux.ForeignJvm;
import dev.godwit.linux.JdkHomes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GuardianTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private SelfCheckingProgram.Remote program;
    private ForeignJvm target;

    @BeforeEach
    void needsRoot() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "missing pages are served on x86-64");
        assumeTrue(System.getProperty("user.name").equals("root"), "missing pages need root");
    }

    @AfterEach
    void kill() throws IOException {
        if (target != null) {
            target.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"17,G1,run", "17,Parallel,collect", "17,Serial,run", "25,G1,collect", "25,Parallel,run", "25,Serial,run"
    })
    void aJvmLosesAllItsMemoryAndGetsItBackWhileItRuns(int release, String collector, String mode)
            throws IOException, InterruptedException {
        start(release, collector, mode);
        try (PostCopy postCopy = new PostCopy(target.pid())) {
            postCopy.open();
            postCopy.guardian.setDeadline(LIMIT.toNanos());
            postCopy.pause();
            postCopy.save();
            assertThat(postCopy.drop(false).ranges()).isPositive();
            assertThat(postCopy.copy.counter(Counter.REMAINING)).isGreaterThan(postCopy.pages() * 9 / 10);
            postCopy.guardian.resume();
            await("it touches what is missing", () -> postCopy.requested.get() > 0);
            // More of it is asked for before anything is pushed.
            Thread.sleep(100);
            postCopy.push(0, 1, 64, 0);
            assertThat(postCopy.awaitFinished()).isTrue();

            assertThat(postCopy.copy.counter(Counter.REMAINING)).isZero();
            assertThat(postCopy.copy.counter(Counter.PLACED_LATE)).isZero();
            assertThat(settled(postCopy.copy)).isEqualTo(postCopy.pages());
        }
        assertRunsOnAndEndsWell();
    }

    @ParameterizedTest
    @EnumSource(value = MigratingProgram.Phase.class, names = "FROZEN", mode = EnumSource.Mode.EXCLUDE)
    void theDeathOfTheControllerLosesNothing(MigratingProgram.Phase phase) throws IOException, InterruptedException {
        start(17, "G1", "run");
        try (ForeignJvm controller = controller(phase)) {
            long guardian = guardianOf(controller);
            // A shutdown, or Ctrl-C in the terminal, asks every process to end; this one must not.
            assertThat(ProcessHandle.of(guardian).orElseThrow().destroy()).isTrue();

            controller.kill();

            assertRunsOnAndEndsWell();
            awaitEnd(guardian);
        }
    }

    @Test
    void whatDoesNotArriveInTimeComesFromTheCopy() throws IOException, InterruptedException {
        start(17, "Serial", "run");
        try (PostCopy postCopy = new PostCopy(target.pid())) {
            postCopy.open();
            postCopy.guardian.setDeadline(20_000_000);
            postCopy.pause();
            postCopy.save();
            postCopy.drop(false);
            postCopy.stopAnswering();
            postCopy.guardian.resume();
            awaitCounter(postCopy.copy, Counter.PLACED_LATE, 20);
            assertThat(postCopy.copy.counter(Counter.REMAINING)).isPositive();
            postCopy.guardian.abandon();
            assertThat(postCopy.awaitFinished()).isTrue();
            assertThat(settled(postCopy.copy)).isEqualTo(postCopy.pages());
        }
        assertRunsOnAndEndsWell();
    }

    @Test
    void childrenThatAreForkedWhilePagesAreMissingHaveThemToo() throws IOException, InterruptedException {
        start(17, "Serial", "run", "-Djdk.lang.Process.launchMechanism=FORK");
        try (PostCopy postCopy = new PostCopy(target.pid())) {
            postCopy.open();
            postCopy.pause();
            postCopy.save();
            postCopy.drop(false);
            postCopy.guardian.resume();
            awaitCounter(postCopy.copy, Counter.FORKS, 2);
            postCopy.push(0, 1, 64, 0);
            assertThat(postCopy.awaitFinished()).isTrue();
        }
        assertRunsOnAndEndsWell();
    }

    @Test
    void aProcessThatADeadControllerFrozeIsThawed() throws IOException, InterruptedException {
        start(17, "Serial", "run");
        assumeTrue(Capabilities.probe(target.pid()).can(Capabilities.Ability.FREEZE), "no freezer here");
        try (ForeignJvm controller = controller(MigratingProgram.Phase.FROZEN)) {
            long guardian = guardianOf(controller);
            long rounds = program.rounds();
            Thread.sleep(100);
            assertThat(program.rounds()).isEqualTo(rounds);
            controller.kill();
            assertRunsOnAndEndsWell();
            awaitEnd(guardian);
        }
    }

    @Test
    void theEndOfTheProcessEndsTheGuardian() throws IOException, InterruptedException {
        start(17, "Serial", "run");
        try (PostCopy postCopy = new PostCopy(target.pid())) {
            long guardian = postCopy.guardian.guardianPid();
            postCopy.open();
            postCopy.pause();
            postCopy.save();
            postCopy.drop(false);
            postCopy.stopAnswering();
            postCopy.guardian.resume();
            target.kill();
            assertThatThrownBy(postCopy::awaitFinished)
                    .isInstanceOf(GuardianException.class)
                    .hasMessageContaining("has ended");
            awaitEnd(guardian);
        }
    }

    @Test
    void aPauseWithoutADropIsUndone() throws IOException, InterruptedException {
        start(17, "Serial", "run");
        try (PostCopy postCopy = new PostCopy(target.pid())) {
            postCopy.pause();
            assertThatThrownBy(postCopy::pause).hasMessageContaining("paused already");
            long rounds = program.rounds();
            Thread.sleep(100);
            assertThat(program.rounds()).isEqualTo(rounds);
            postCopy.guardian.resume();
            awaitRounds(rounds);
            assertThatThrownBy(() -> postCopy.drop(false)).hasMessageContaining("while the process is paused");
            postCopy.pause();
        }
        assertRunsOnAndEndsWell();
    }

    @Test
    void aChildOfTheControllerCanBeGuardedToo() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("sleep", "100").start();
        try (PostCopy postCopy = new PostCopy(child.pid())) {
            postCopy.open();
            postCopy.pause();
            postCopy.save();
            postCopy.drop(false);
            postCopy.guardian.resume();
            postCopy.push(0, 1, 64, 0);
            assertThat(postCopy.awaitFinished()).isTrue();
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.destroy();
        }
        assertThat(child.waitFor()).as("ended by SIGTERM, as the JDK saw it").isEqualTo(128 + 15);
    }

    @Test
    void aProcessThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> new PostCopy(Integer.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("pid=2147483647");
    }

    private ForeignJvm controller(MigratingProgram.Phase phase) throws IOException {
        return ForeignJvm.start(
                Path.of(System.getProperty("java.home")),
                List.of("-Xmx64m"),
                MigratingProgram.class,
                Long.toString(target.pid()),
                phase.name());
    }

    private static long guardianOf(ForeignJvm controller) throws IOException, InterruptedException {
        controller.awaitOutput(";", LIMIT);
        return Long.parseLong(controller.output().replaceAll("(?s).*guardian=(\\d+);.*", "$1"));
    }

    private void start(int release, String collector, String mode, String... options)
            throws IOException, InterruptedException {
        Optional<Path> home = JdkHomes.find(release);
        assumeTrue(home.isPresent(), "no JDK " + release);
        Path file = directory.resolve("program");
        program = new SelfCheckingProgram.Remote(file);
        List<String> all = new ArrayList<>(List.of("-Xmx128m", "-XX:+Use" + collector + "GC"));
        all.addAll(List.of(options));
        target = ForeignJvm.start(home.get(), all, SelfCheckingProgram.class, file.toString(), mode);
        target.awaitOutput("running", LIMIT);
        awaitRounds(100);
        program.takeLongestStallNanos();
    }

    private void assertRunsOnAndEndsWell() throws IOException, InterruptedException {
        awaitRounds(program.rounds() + 100);
        program.stop();
        assertThat(target.awaitEnd(LIMIT)).contains("errors=0 ").doesNotContain("ERROR");
    }

    private void awaitRounds(long rounds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (program.rounds() < rounds) {
            assertThat(target.isAlive())
                    .as("alive; printed %s", target.output())
                    .isTrue();
            assertThat(System.nanoTime())
                    .as("round %d after %d; printed %s", rounds, program.rounds(), target.output())
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static void awaitCounter(SafetyCopy copy, Counter counter, long value) throws InterruptedException {
        await(counter + " reaches " + value, () -> copy.counter(counter) >= value);
    }

    private static void awaitEnd(long pid) throws InterruptedException {
        await(
                "guardian ends",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static long settled(SafetyCopy copy) {
        return copy.counter(Counter.PLACED_ARRIVED)
                + copy.counter(Counter.PLACED_FROM_COPY)
                + copy.counter(Counter.PLACED_BEFORE_RESUME)
                + copy.counter(Counter.GIVEN_BACK)
                + copy.counter(Counter.UNMAPPED);
    }
}
