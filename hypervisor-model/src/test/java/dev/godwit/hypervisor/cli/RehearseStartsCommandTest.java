package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.linux.ForeignJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Timeout(180)
class RehearseStartsCommandTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"--starts, 0", "--starts, 1001", "--bandwidth, fast", "--max-wait, soon", "--downtime-limit, -1s"})
    void whatIsWrongIsNamedBeforeAnythingIsStarted(String option, String value) {
        Cli.Result result = Cli.run("rehearse-starts", option, value);

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).contains(option);
    }

    @Test
    void helpSaysWhatIsMeasured() {
        Cli.Result result = Cli.run("rehearse-starts", "--help");

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("--max-wait").contains("All figures are measured");
    }

    @Test
    void aProcessThatIsNotThereIsSaidInOneLine() {
        Cli.Result result = Cli.run("rehearse-starts", "4194304", "--starts", "1");

        assertThat(result.code()).isNotZero();
        assertThat(result.err().lines()).singleElement().asString().contains("4194304");
    }

    /** What a pause hit is read from the memory of the stopped program, whose agent has recognised what is open. */
    @Test
    void whatIsOpenAtThePauseOfARehearsalIsReadRight() throws Exception {
        ForkedCli.needAgent();
        Path json = directory.resolve("starts.json");
        try (ForeignJvm jvm = Rehearsing.start(List.of("-Xmx64m", "-XX:+UseSerialGC"), InBranches.class)) {
            Cli.Result unused = Rehearsing.succeed(() -> starts(jvm, json));
            assertThat(jvm.isAlive()).isTrue();
        }
        JsonNode written = Rehearsing.answer(json);
        assertThat(written.get("series")).hasSize(2);
        for (JsonNode series : written.get("series")) {
            assertThat(series.get("completed").asInt()).isEqualTo(1);
            JsonNode hit = series.get("rehearsals").get(0).get("pause-hit");
            assertThat(hit.get("critical-sections").asInt()).isEqualTo(InBranches.BRANCHES);
            assertThat(hit.get("names").get(0).asString()).isEqualTo("xa transaction");
        }
        assertThat(written.get("series").get(1).get("forced-hits").asInt()).isEqualTo(1);
    }

    private static Cli.Result starts(ForeignJvm jvm, Path json) {
        return Cli.run(
                "rehearse-starts",
                Long.toString(jvm.pid()),
                "--starts",
                "1",
                "--between",
                "300ms",
                "--max-wait",
                "100ms",
                "--downtime-limit",
                "10s",
                "--json",
                json.toString());
    }
}
