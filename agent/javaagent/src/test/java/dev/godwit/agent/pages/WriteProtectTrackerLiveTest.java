package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.ForkedJvm;
import dev.godwit.linux.JdkHomes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteProtectTrackerLiveTest {

    @BeforeAll
    static void needsTheKernelFeature() {
        Trackers.assumeWriteProtection();
    }

    @ParameterizedTest
    @CsvSource({
        "17, UseG1GC, false",
        "17, UseG1GC, true",
        "17, UseParallelGC, true",
        "17, UseSerialGC, true",
        "25, UseG1GC, false",
        "25, UseG1GC, true",
        "25, UseParallelGC, true",
        "25, UseSerialGC, true"
    })
    void noPageChangesWithoutBeingReported(int release, String collector, boolean toggles) throws Exception {
        Optional<Path> home = JdkHomes.find(release);
        assumeTrue(home.isPresent(), "no JDK " + release);
        ForkedJvm jvm = new ForkedJvm(home.get()).options("-XX:+" + collector, "-Xmx48m", "-Xlog:disable");

        ForkedJvm.Result result = jvm.run(Duration.ofMinutes(2), LiveCheck.class, Boolean.toString(toggles));

        assertThat(result.output()).contains("stale=0");
        assertThat(result.exitValue()).as(result.output()).isZero();
    }
}
