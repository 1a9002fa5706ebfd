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
    @CsvSource({"--repeat, 0", "--repeat, 1001", "--warm-up, soon"})
    void whatIsWrongIsNamedBeforeAnythingIsStarted(String option, String value) {
        Cli.Result result = Cli.run("model-errors", option, value);

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).contains(option);
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
        assertThat(result.out()).contains("--record-for").contains("godwit advise");
    }

    @Test
    void ofAProcessThatIsNotThereNoErrorIsMadeUp() {
        Cli.Result result = Cli.run("model-errors", "4194304", "--repeat", "1", "--bandwidth", "10Gbit");

        assertThat(result.code()).isNotZero();
        assertThat(result.err()).contains("4194304").doesNotContain("\tat ");
    }
}
