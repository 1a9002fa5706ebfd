package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.Capabilities.Ability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapabilitiesTest {
    @TempDir
    Path directory;

    @Test
    void whatIsSaidToWorkDoes() throws IOException, InterruptedException {
        try (ForeignJvm target = start()) {
            Capabilities found = Capabilities.probe(target.pid());
            for (Ability ability : Ability.values()) {
                if (found.can(ability)) {
                    use(ability, target.pid());
                    assertThat(found.missing(ability)).isEmpty();
                } else {
                    assertThat(found.missing(ability).orElseThrow()).isNotBlank();
                }
            }
            assertThat(found.describe()).contains("READ_MEMORY: ", "MISSING_PAGES: ");
        }
    }

    private static void use(Ability ability, long pid) throws IOException {
        switch (ability) {
            case READ_MEMORY -> assertThat(ProcessMaps.of(pid).read()).isNotEmpty();
            case FREEZE -> pauseAndResume(pid, ProcessPause.Mechanism.FREEZER);
            case TRACE -> pauseAndResume(pid, ProcessPause.Mechanism.PTRACE);
            case SIGNAL -> pauseAndResume(pid, ProcessPause.Mechanism.SIGNAL);
            case TRACK_WRITES -> {
                try (Ptrace ptrace = Ptrace.of(pid)) {
                    RemoteUserfaultfd.forTracking(ptrace).close();
                }
            }
            case MISSING_PAGES -> {
                try (Ptrace ptrace = Ptrace.of(pid)) {
                    RemoteUserfaultfd.forMissingPages(ptrace).close();
                }
            }
        }
    }

    private static void pauseAndResume(long pid, ProcessPause.Mechanism mechanism) {
        try (ProcessPause pause = ProcessPause.of(pid, mechanism)) {
            assertThat(pause.pause(20_000_000_000L)).isPositive();
        }
    }

    @Test
    void aStoppedProcessIsSaidToBeSo() throws IOException, InterruptedException {
        try (ForeignJvm target = start()) {
            assumeTrue(Capabilities.probe(target.pid()).can(Ability.TRACE), "tracing does not work here");
            LibC.kill((int) target.pid(), 19);
            while (ProcessTasks.state(target.pid(), (int) target.pid()) != 'T') {
                Thread.sleep(1);
            }
            assertThat(Capabilities.probe(target.pid())
                            .missing(Ability.TRACK_WRITES)
                            .orElseThrow())
                    .contains("continue it first");
        }
    }

    @Test
    void aProcessThatIsTracedAlreadyNamesItsTracer() throws IOException, InterruptedException {
        try (ForeignJvm target = start()) {
            assumeTrue(Capabilities.probe(target.pid()).can(Ability.TRACE), "tracing does not work here");
            try (Ptrace ptrace = Ptrace.of(target.pid())) {
                ptrace.stopAll(20_000_000_000L);
                assertThat(Capabilities.probe(target.pid())
                                .missing(Ability.TRACE)
                                .orElseThrow())
                        .contains("is traced by process "
                                + ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void aProcessThatIsNotThereLacksEverything() {
        Capabilities found = Capabilities.probe(Integer.MAX_VALUE);

        for (Ability ability : Ability.values()) {
            assertThat(found.can(ability)).as("%s", ability).isFalse();
        }
        assertThat(found.missing(Ability.SIGNAL).orElseThrow()).contains("is not there");
    }

    @Test
    void kernelsBeforeSixPointSevenAreTooOld() {
        assertThat(List.of("6.6.99", "5.15.0-generic", "4.4", "6.1-rc1"))
                .allMatch(release -> Capabilities.oldKernel(release).contains("6.7"));
        assertThat(List.of("6.7.0", "6.18.44", "7.0", "10.1", "unknown"))
                .allMatch(release -> Capabilities.oldKernel(release) == null);
    }

    private ForeignJvm start() throws IOException, InterruptedException {
        ForeignJvm target = ForeignJvm.start(
                Path.of(System.getProperty("java.home")),
                List.of("-Xmx32m", "-XX:+UseSerialGC"),
                CountingProgram.class,
                directory.resolve("counters").toString());
        target.awaitOutput("counting", Duration.ofMinutes(1));
        return target;
    }
}
