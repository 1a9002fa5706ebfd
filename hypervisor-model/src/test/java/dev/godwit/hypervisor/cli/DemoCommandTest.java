package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class DemoCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theDemoRecordsAServiceAndComparesItsMigrations() throws Exception {
        ForkedCli.needAgent();
        Assumptions.assumeTrue(
                Files.isRegularFile(Path.of("../demo-apps/target/orders.jar")), "the service's jar is not built");
        Path json = folder.resolve("out.json");
        Path trace = folder.resolve("trace");

        Cli.Result result;
        try (ForkedCli cli = ForkedCli.start(
                folder, "demo", "--seconds", "7", "--json", json.toString(), "--output", trace.toString())) {
            result = cli.result();
        }

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("consistent: true", "pre-copy + hints", "What to take from it: ", "godwit inspect " + trace);
        JsonNode results =
                JsonMapper.shared().readTree(Files.readAllBytes(json)).at("/results");
        assertThat(results).hasSize(2).allMatch(one -> one.at("/verified").asBoolean());
        assertThat(Cli.run("inspect", trace.toString()).out()).contains("settled", "G1, heap at most 2.00 GiB");
    }

    @Test
    void aProgramThatThereIsNotIsRefusedWithThoseThereAre() {
        Cli.Result result = Cli.run("demo", "--program", "shoe");

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).contains("no program 'shoe': give orders or shop or settlement");
    }

    @Test
    void aJsonFileThatCannotBeWrittenIsRefusedBeforeTheServiceIsStarted() {
        Cli.Result result =
                Cli.run("demo", "--json", folder.resolve("missing/out.json").toString());

        assertThat(result.code()).isEqualTo(ExitCode.FAILED.code());
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("there is no directory").hasLineCount(1);
    }
}
