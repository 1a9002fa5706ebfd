package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class ModelErrorsCommandTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "--repeat, 0",
        "--repeat, 1001",
        "--warm-up, soon",
        "--record-for, soon",
        "--downtime-limit, -1s",
        "--bandwidth, '1Gbit,fast'",
        "--technique, 'pre-copy,teleport'",
        "--program, 'orders,solitaire'"
    })
    void whatIsWrongIsNamedBeforeAnythingIsStarted(String option, String value) {
        Cli.Result result = Cli.run("model-errors", option, value);

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).contains(option);
    }

    @Test
    void programsThatRunAndProgramsToBeStartedAreNotMixed() {
        Cli.Result result = Cli.run("model-errors", "4194304", "--program", "orders");

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).contains("--program");
    }

    @Test
    void aFileThatCannotBeWrittenIsNamedBeforeAnythingIsStarted() {
        Path missing = directory.resolve("none").resolve("errors.txt");
        Cli.Result result = Cli.run("model-errors", "--output", missing.toString());

        assertThat(result.code()).isNotZero();
        assertThat(result.err()).contains(missing.toString());
    }

    @Test
    void helpSaysWhoTakesTheFile() {
        Cli.Result result = Cli.run("model-errors", "--help");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("--record-for", "--technique", "cancellable-post-copy", "orders, shop, settlement")
                .contains("godwit advise");
    }

    @ParameterizedTest
    @CsvSource({"--repeat, 1", "--technique, hybrid"})
    void aProcessThatIsNotThereIsSaidInOneLineBeforeAnythingIsRehearsed(String option, String value) {
        Cli.Result result = Cli.run("model-errors", "4194304", option, value);

        assertThat(result.code()).isNotZero();
        assertThat(result.err().lines()).singleElement().asString().contains("4194304");
    }
}
