package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.rehearse.CheckedJvm;
import dev.godwit.linux.JdkHomes;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Timeout(180)
class RehearseCommandTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "17, -XX:+UseG1GC",
        "17, -XX:+UseParallelGC",
        "17, -XX:+UseSerialGC",
        "25, -XX:+UseG1GC",
        "25, -XX:+UseParallelGC",
        "25, -XX:+UseSerialGC"
    })
    void theAgentCollectsBeforeThePauseAndTheProgramRunsOnWithoutWhatWasLeftOut(int release, String collector)
            throws Exception {
        Optional<Path> home = JdkHomes.find(release);
        Assumptions.assumeTrue(home.isPresent(), "JDK " + release + " is not installed");
        ForkedCli.needAgent();
        Path json = directory.resolve("out.json");
        try (CheckedJvm jvm = CheckedJvm.start(home.get(), collector, "-Xms240m", "-Xmx240m", "-Xmn120m")) {
            Cli.Result result = Rehearsing.succeed(() -> rehearse(jvm, json));

            assertThat(result.out()).contains("completed").contains("longest stall felt inside");
            jvm.assertRunsOn();
        }
        JsonNode written = Rehearsing.answer(json);
        assertThat(written.get("verified").asBoolean()).isTrue();
        JsonNode godwit = written.get("godwit");
        assertThat(godwit.get("measured").asBoolean()).isTrue();
        assertThat(godwit.get("collections").asInt()).isEqualTo(1);
        assertThat(godwit.get("overwritten-pages").asLong()).isPositive();
        JsonNode throughput = godwit.get("throughput");
        assertThat(throughput.get("before").get("processor-time-per-second").asDouble())
                .isPositive();
        assertThat(throughput.get("loss-of").asString()).isEqualTo("processor-time");
        // Whoever wanted to run felt at least what the hypervisor calls downtime.
        assertThat(godwit.get("stalls").get("longest").asDouble())
                .isGreaterThan(written.get("downtime").asDouble() - 1);
    }

    private static Cli.Result rehearse(CheckedJvm jvm, Path json) {
        return Cli.run(
                "rehearse",
                Long.toString(jvm.pid()),
                "--local",
                "--poison",
                "--bandwidth",
                "10Gbit",
                "--downtime-limit",
                "10s",
                "--watch",
                "200ms",
                "--json",
                json.toString());
    }

    @Test
    void aProcessThatIsNotThereIsSaidInOneLine() {
        Cli.Result result = Cli.run("rehearse", "4194304", "--local");

        assertThat(result.code()).isEqualTo(ExitCode.CANNOT_REHEARSE.code());
        assertThat(result.err().lines()).singleElement().asString().contains("cannot rehearse process 4194304");
    }

    @Test
    void aHostThatWouldListenToANetworkWithoutTlsIsRefused() {
        Cli.Result result = Cli.run("host", "--listen", "0.0.0.0:0");

        assertThat(result.code()).isEqualTo(ExitCode.FAILED.code());
        assertThat(result.err()).contains("without TLS");
    }

    @Test
    void aDestinationIsNeeded() {
        assertThat(Cli.run("rehearse", "1").code()).isEqualTo(ExitCode.USAGE.code());
    }
}
