package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.compare.Technique;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyStreamCommandTest {
    @TempDir
    private Path folder;

    @Test
    void everyTechniqueOfAComparisonLeavesAStreamThatIsVerified() throws Exception {
        String trace = SampleTrace.write(folder.resolve("trace")).toString();
        Path streams = folder.resolve("streams");

        Cli.Result compared =
                Cli.run("compare", trace, "--memory", "128MiB", "--technique", "all", "--stream", streams.toString());

        assertThat(compared.err()).isEmpty();
        assertThat(compared.code()).isZero();
        for (Technique technique : Technique.ALL) {
            Path file = streams.resolve(technique.label() + ".stream");
            assertThat(compared.out()).contains("Stream: " + file);
            Cli.Result verified = Cli.run("verify-stream", file.toString());
            assertThat(verified.err()).isEmpty();
            assertThat(verified.code()).isZero();
            assertThat(verified.out())
                    .contains("Migration of trace by " + technique.label()
                            + (technique.name().startsWith("partial")
                                    ? ": the VM came back to the source"
                                    : ": the VM runs at the destination"))
                    .contains("32,768 pages of 4,096 bytes")
                    .contains("Verified: order, counters, checksums, digests;");
        }
    }

    @Test
    void aStreamIsTheSameEachTime() throws Exception {
        String trace = SampleTrace.write(folder.resolve("trace")).toString();
        for (String name : new String[] {"one", "other"}) {
            Cli.run(
                    "compare",
                    trace,
                    "--memory",
                    "128MiB",
                    "--technique",
                    "pre-copy+hints+delta",
                    "--stream",
                    folder.resolve(name).toString());
        }
        assertThat(folder.resolve("one/pre-copy+hints+delta.stream"))
                .hasSameBinaryContentAs(folder.resolve("other/pre-copy+hints+delta.stream"));
    }

    @Test
    void whatIsNoStreamIsRefusedInOneLine() throws Exception {
        Path file = Files.writeString(folder.resolve("text"), "this is a text, and not a stream");
        Cli.Result result = Cli.run("verify-stream", file.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("godwit: " + file + " is refused at byte 0: this is no migration stream\n");

        Cli.Result missing = Cli.run("verify-stream", folder.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no such file");
    }

    @Test
    void aGuestThatIsTooLargeForAStreamIsRefusedBeforeTheWork() throws Exception {
        String trace = SampleTrace.write(folder.resolve("trace")).toString();
        Path streams = folder.resolve("streams");
        Cli.Result result = Cli.run("compare", trace, "--memory", "5GiB", "--stream", streams.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--stream is for guests of up to 4GiB, this one has 5120 MiB");
        assertThat(streams).doesNotExist();
    }
}
