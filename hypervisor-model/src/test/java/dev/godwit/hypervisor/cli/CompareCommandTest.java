package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.compare.Technique;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompareCommandTest {
    @TempDir
    private Path folder;

    private String trace;

    @BeforeEach
    void record() throws Exception {
        trace = SampleTrace.write(folder.resolve("trace")).toString();
    }

    @Test
    void theTableNamesBothMigrationsAndTheJsonHoldsThem() throws Exception {
        Path file = folder.resolve("out.json");

        Cli.Result result = Cli.run("compare", trace, "--memory", "128MiB", "--json", file.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("pre-copy", "hints");
        JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
        assertThat(json.at("/results/1/technique").asString()).isEqualTo("pre-copy");
        assertThat(json.at("/results/0/hints").asBoolean()).isFalse();
        assertThat(json.at("/results/1/hints").asBoolean()).isTrue();
        assertThat(json.at("/results/1/verified").asBoolean()).isTrue();
    }

    @Test
    void sameTraceOptionsAndSeedGiveTheSameBytes() throws Exception {
        Path one = folder.resolve("one.json");
        Path other = folder.resolve("other.json");

        Cli.Result first = Cli.run("compare", trace, "--memory", "128MiB", "--seed", "7", "--json", one.toString());
        Cli.Result second = Cli.run("compare", trace, "--memory", "128MiB", "--seed", "7", "--json", other.toString());

        assertThat(second.out()).isEqualTo(first.out());
        assertThat(one).hasSameBinaryContentAs(other);
    }

    @Test
    void everyTechniqueIsComparedUnlessSomeAreNamed() throws Exception {
        Path unnamed = folder.resolve("unnamed.json");
        Path all = folder.resolve("all.json");

        Cli.Result first = Cli.run("compare", trace, "--memory", "128MiB", "--json", unnamed.toString());
        Cli.Result second = Cli.run(
                "compare", trace, "--memory", "128MiB", "--technique", "all,pre-copy", "--json", all.toString());

        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(all).hasSameBinaryContentAs(unnamed);
        JsonNode results = JsonMapper.shared().readTree(Files.readAllBytes(all)).at("/results");
        assertThat(results).hasSize(Technique.ALL.size());
        assertThat(results).allMatch(each -> each.at("/verified").asBoolean());
    }

    @Test
    void oneTechniqueAloneIsShownAndExplainedAlone() throws Exception {
        Path file = folder.resolve("out.json");

        Cli.Result result =
                Cli.run("compare", trace, "--memory", "128MiB", "-t", "pre-copy+hints", "--json", file.toString());

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("pre-copy + hints", "pre-copy with hints completes");
        assertThat(JsonMapper.shared().readTree(Files.readAllBytes(file)).at("/results"))
                .hasSize(1);
    }

    @Test
    void shadowPagingAndABalloonAreVerifiedAndShownInTheJson() throws Exception {
        Path file = folder.resolve("out.json");

        Cli.Result result = Cli.run(
                "compare",
                trace,
                "--memory",
                "128MiB",
                "--paging",
                "shadow",
                "--balloon",
                "4MiB",
                "--in-flight",
                "carry-over",
                "--json",
                file.toString());

        assertThat(result.code()).as(result.err()).isZero();
        JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
        assertThat(json.at("/options/paging").asString()).isEqualTo("shadow");
        assertThat(json.at("/options/balloon-bytes").asLong()).isEqualTo(4 << 20);
        assertThat(json.at("/results")).allSatisfy(each -> {
            assertThat(each.at("/verified").asBoolean()).isTrue();
            assertThat(each.at("/godwit/ballooned-pages").asInt()).isEqualTo(1024);
            // The sample saw its page cache once: nothing is known of what was written back.
            assertThat(each.at("/godwit/disk/requests").asInt()).isZero();
            assertThat(each.at("/godwit/disk/carried-over")).isEqualTo(each.at("/godwit/disk/in-flight-at-pause"));
            assertThat(each.at("/godwit/network/longest-gap").asDouble()).isGreaterThanOrEqualTo(10);
            assertThat(each.at("/godwit/network/connection-lost").asBoolean()).isFalse();
        });
    }

    @Test
    void anUnknownTechniqueIsRefusedWithTheNamesThereAre() {
        Cli.Result result = Cli.run("compare", trace, "--technique", "pre-copy,teleport");

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err())
                .startsWith("godwit: ")
                .contains("teleport", "pre-copy, pre-copy+hints", "or all")
                .hasLineCount(1);
    }

    @Test
    void aMigrationThatDoesNotConvergeIsAResultNotAFailure() {
        Cli.Result result =
                Cli.run("compare", trace, "--memory", "128MiB", "--bandwidth", "8Mbit", "--downtime-limit", "1ms");

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("cancelled");
    }

    @Test
    void aGuestThatDoesNotFitIsRefusedWithTheSizeThatIsNeeded() {
        Cli.Result result = Cli.run("compare", trace, "--memory", "1MiB");

        assertThat(result.code()).isEqualTo(ExitCode.DOES_NOT_FIT.code());
        assertThat(result.err())
                .startsWith("godwit: ")
                .contains("give --memory")
                .hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void theDeltaCacheIsAsLargeAsAsked() throws Exception {
        Path file = folder.resolve("out.json");
        Cli.Result result = Cli.run(
                "compare",
                trace,
                "--memory",
                "128MiB",
                "--technique",
                "pre-copy+delta",
                "--delta-cache",
                "8MiB",
                "--json",
                file.toString());
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("looked up in a cache of 8");
        assertThat(Files.readString(file)).contains("8388608");
    }

    @ParameterizedTest
    @CsvSource({
        "--bandwidth, -1Gbit",
        "--bandwidth, 0Gbit",
        "--bandwidth, 1parsec",
        "--bandwidth, fast",
        "--latency, -5us",
        "--memory, 4",
        "--downtime-limit, 0ms",
        "--max-rounds, 0",
        "--max-rounds, many",
        "--paging, sideways",
        "--balloon, 0",
        "--delta-cache, 4KiB",
        "--pcpus, 0",
        "--neighbours, 2000",
        "--in-flight, forget",
        "--seed, x"
    })
    void aValueOutOfItsRangeIsRefusedWithTheValue(String option, String value) {
        Cli.Result result = Cli.run("compare", trace, option, value);

        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err())
                .startsWith("godwit: ")
                .contains(value.replaceAll("[^0-9a-z].*", ""), "godwit compare --help")
                .hasLineCount(1);
    }

    @Test
    void aJsonFileThatCannotBeWrittenIsRefusedBeforeTheWork() {
        Cli.Result result = Cli.run(
                "compare", trace, "--json", folder.resolve("missing/out.json").toString());

        assertThat(result.code()).isEqualTo(ExitCode.FAILED.code());
        assertThat(result.err()).contains("there is no directory").hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aFullDiskLeavesNoHalfOfTheJsonBehind() throws Exception {
        try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"))) {
            Files.write(disk.path().resolve("filler"), new byte[(1 << 20) - 4096]);
            Path file = disk.path().resolve("out.json");

            Cli.Result result = Cli.run("compare", trace, "--memory", "128MiB", "--json", file.toString());

            assertThat(result.code()).isEqualTo(ExitCode.FAILED.code());
            assertThat(result.err()).contains("the disk is full").hasLineCount(1);
            assertThat(disk.path())
                    .isDirectoryNotContaining(path -> path.toString().contains("out.json"));
        }
    }

    @Test
    void whatIsNoTraceIsRefused() {
        Cli.Result result = Cli.run("compare", folder.resolve("nothing").toString());

        assertThat(result.code()).isEqualTo(ExitCode.UNREADABLE_TRACE.code());
        assertThat(result.err()).startsWith("godwit: ").hasLineCount(1);
    }
}
