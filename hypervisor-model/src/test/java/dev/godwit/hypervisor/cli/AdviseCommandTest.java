package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdviseCommandTest {
    @TempDir
    private Path directory;

    @Test
    void aTraceIsAdvisedOnAtOnceAndTheJsonIsTheSameEachTime() throws Exception {
        Path trace = SampleTrace.write(directory.resolve("trace"));
        Path timeouts = Files.writeString(directory.resolve("ours.txt"), "ours | 1 | falls over | nowhere\n");
        Path json = directory.resolve("1.json");
        Path again = directory.resolve("2.json");

        Cli.Result advised = advise(trace, timeouts, json);
        advise(trace, timeouts, again);

        assertThat(advised.err()).isEmpty();
        assertThat(advised.code()).isZero();
        assertThat(advised.out()).contains("Technique: ").contains("Moment: ").contains("total time");
        assertThat(Files.readString(json))
                .isEqualTo(Files.readString(again))
                .contains("\"name\" : \"ours\"")
                .contains("\"modelled\" : true");
    }

    private static Cli.Result advise(Path trace, Path timeouts, Path json) {
        return Cli.run(
                "advise",
                trace.toString(),
                "--memory",
                "128MiB",
                "--starts",
                "2",
                "--timeouts",
                timeouts.toString(),
                "--json",
                json.toString());
    }

    @Test
    void whatCannotBeAdvisedOnIsAnsweredInOneLine() throws Exception {
        Path trace = SampleTrace.write(directory.resolve("trace"));
        Path wrong = Files.writeString(directory.resolve("wrong.txt"), "nonsense\n");

        assertThat(Cli.run("advise", directory.resolve("nothing").toString()).code())
                .isEqualTo(ExitCode.UNREADABLE_TRACE.code());
        assertThat(Cli.run("advise", trace.toString(), "--memory", "1MiB").code())
                .isEqualTo(ExitCode.DOES_NOT_FIT.code());
        Cli.Result refused = Cli.run("advise", trace.toString(), "--timeouts", wrong.toString());
        assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(refused.err()).contains("wrong.txt: line 1 is no timeout");
    }
}
