package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCallInjectionTest {
    private static final long SYS_CLOSE = 3;
    private static final long SYS_GETPID = 39;
    private static final long LIMIT_NANOS = Duration.ofSeconds(20).toNanos();

    @TempDir
    Path directory;

    private ByteBuffer counters;
    private ForeignJvm target;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "injection is for x86-64");
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

    @Test
    void aCallIsExecutedInTheOtherProcessWhichGoesOn() throws InterruptedException {
        long[] before = CountingProgram.read(counters);
        try (Ptrace ptrace = Ptrace.of(target.pid())) {
            for (int i = 0; i < 20; i++) {
                try (SystemCallInjection injection = SystemCallInjection.into(ptrace, LIMIT_NANOS)) {
                    assertThat(injection.call("getpid", SYS_GETPID)).isEqualTo(target.pid());
                    assertThat(injection.call("getpid", SYS_GETPID)).isEqualTo(target.pid());
                }
                ptrace.resume();
            }
        }
        awaitProgress(before);
    }

    @Test
    void anErrorOfTheInjectedCallIsTold() {
        try (Ptrace ptrace = Ptrace.of(target.pid());
                SystemCallInjection injection = SystemCallInjection.into(ptrace, LIMIT_NANOS)) {
            SystemCallException failure = catchThrowableOfType(
                    SystemCallException.class, () -> injection.call("close", SYS_CLOSE, 1_000_000));

            assertThat(failure.errno()).isEqualTo(Errno.EBADF);
            assertThat(failure).hasMessageContaining("close injected into process " + target.pid());
        }
    }

    @Test
    void callsAreExecutedWhileEveryOtherThreadStands() throws InterruptedException {
        long[] stopped;
        try (Ptrace ptrace = Ptrace.of(target.pid())) {
            assertThat(ptrace.stopAll(LIMIT_NANOS)).isGreaterThan(CountingProgram.COUNTERS);
            stopped = CountingProgram.read(counters);
            assertThat(ptrace.threads())
                    .hasSizeGreaterThan(CountingProgram.COUNTERS)
                    .allMatch(thread -> thread.stackPointer() > 0 && thread.threadPointer() > 0);
            try (SystemCallInjection injection = SystemCallInjection.into(ptrace, LIMIT_NANOS)) {
                for (int i = 0; i < 200; i++) {
                    assertThat(injection.call("getpid", SYS_GETPID)).isEqualTo(target.pid());
                }
            }
            assertThat(CountingProgram.read(counters)).containsExactly(stopped);
        }
        awaitProgress(stopped);
    }

    @Test
    void aSignalThatComesMeanwhileIsNotLost() throws IOException, InterruptedException {
        try (Ptrace ptrace = Ptrace.of(target.pid())) {
            ptrace.stopAll(LIMIT_NANOS);
            // SIGQUIT makes HotSpot print a thread dump.
            LibC.kill((int) target.pid(), 3);
            try (SystemCallInjection injection = SystemCallInjection.into(ptrace, LIMIT_NANOS)) {
                for (int i = 0; i < 50; i++) {
                    assertThat(injection.call("getpid", SYS_GETPID)).isEqualTo(target.pid());
                }
            }
        }
        target.awaitOutput("Full thread dump", Duration.ofSeconds(30));
    }

    @Test
    void aProcessStoppedByASignalIsRefusedAndStaysAsItWas() throws InterruptedException {
        LibC.kill((int) target.pid(), 19);
        while (ProcessTasks.state(target.pid(), (int) target.pid()) != 'T') {
            Thread.sleep(1);
        }
        try (Ptrace ptrace = Ptrace.of(target.pid())) {
            assertThatThrownBy(() -> SystemCallInjection.into(ptrace, LIMIT_NANOS))
                    .isInstanceOf(StopException.class)
                    .hasMessageContaining("continue it first");
        }
        long[] before = CountingProgram.read(counters);
        LibC.kill((int) target.pid(), 18);
        awaitProgress(before);
    }

    @Test
    void anotherThreadThanTheTracingOneIsRefused() throws InterruptedException {
        try (Ptrace ptrace = Ptrace.of(target.pid())) {
            Throwable[] thrown = new Throwable[1];
            Thread other = new Thread(() -> {
                try {
                    ptrace.stopAll(LIMIT_NANOS);
                } catch (IllegalStateException refused) {
                    thrown[0] = refused;
                }
            });
            other.start();
            other.join();
            assertThat(thrown[0]).hasMessageContaining("is traced by thread");
        }
    }

    @Test
    void aChildOfThisJvmIsRefused() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThatThrownBy(() -> Ptrace.of(child.pid()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("child of this JVM");
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

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
