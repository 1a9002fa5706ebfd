package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GodwitTest {
    @Test
    void exitCodesAreWhatScriptsRelyOn() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::code))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 130);
    }

    @Test
    void inTheListOfCommandsEachIsToldByAWholeSentenceOnOneLine() {
        CommandLine godwit = Godwit.commandLine();
        String help = Cli.run("--help").out();

        assertThat(godwit.getSubcommands()).hasSizeGreaterThan(10).allSatisfy((name, command) -> {
            String first = command.getCommandSpec().usageMessage().description()[0];
            assertThat(first).as(name).endsWith(".");
            assertThat(help.lines()).as(name).anyMatch(line -> line.matches(" +" + name + " +" + Pattern.quote(first)));
        });
    }

    static Stream<String> commands() {
        return Stream.concat(Stream.of(""), Godwit.commandLine().getSubcommands().keySet().stream());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpTeachesWithExamplesAndExitCodes(String command) {
        Cli.Result help = command.isEmpty() ? Cli.run("--help") : Cli.run(command, "--help");

        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("Examples:", "godwit " + command);
        for (ExitCode exitCode : ExitCode.values()) {
            assertThat(help.out()).contains(exitCode.meaning());
        }
        assertThat(help.err()).isEmpty();
    }

    @Test
    void noLineOfTheHelpIsBrokenInTheMiddleOfAnExample() {
        String examples = Cli.run("record", "--help").out();

        assertThat(examples.substring(examples.indexOf("Examples:")).lines().skip(1))
                .allMatch(line -> line.startsWith("  godwit "));
    }

    @Test
    void versionSaysWhichJavaRuns() {
        assertThat(Cli.run("--version").out()).contains("godwit ", System.getProperty("java.version"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "record",
                "record --pid 1 -- Main",
                "record --duration -3s -- Main",
                "record --interval 1ms -- Main",
                "record --eden maybe -- Main",
                "record --pid one",
                "inspect",
                "inspect a b",
                "inspect --colour a"
            })
    void wrongUsageIsOneLineThatLeadsToTheHelp(String arguments) {
        Cli.Result result = Cli.run(Arrays.stream(arguments.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new));

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().collect(Collectors.toList()))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("godwit: ").contains("--help"));
    }
}
