package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.experiment.Experiment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentCommandTest {
    @TempDir
    private Path directory;

    @Test
    void withoutANameItListsAllThereAre() {
        Cli.Result listed = Cli.run("experiment");

        assertThat(listed.code()).isZero();
        Experiment.ALL.forEach(experiment ->
                assertThat(listed.out()).contains(experiment.name()).contains(experiment.question()));
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws Exception {
        Path first = directory.resolve("1.json");
        Path second = directory.resolve("2.json");

        Cli.Result once = Cli.run("experiment", "convergence", "--seed", "7", "--json", first.toString());
        Cli.Result again = Cli.run("experiment", "convergence", "--seed", "7", "--json", second.toString());

        assertThat(once.code()).isZero();
        assertThat(once.out()).isEqualTo(again.out()).contains("writes 125 %");
        assertThat(Files.readString(first)).isEqualTo(Files.readString(second)).contains("\"seed\" : 7");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        Cli.Result wrong = Cli.run("experiment", "perpetuum-mobile");

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("perpetuum-mobile").contains("convergence");
    }
}
