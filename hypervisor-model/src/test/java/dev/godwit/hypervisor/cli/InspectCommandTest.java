package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InspectCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theTextSaysWhatWasRecordedAndHow() throws Exception {
        Cli.Result result =
                Cli.run("inspect", SampleTrace.write(folder.resolve("t")).toString());

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("com.example.Service, pid 4711", "G1, heap at most 8.0 MiB", "userfaultfd write-protect")
                .contains("recorded    2.0 s, 12 records, complete", "arguments: -Xmx8m")
                .contains("Memory of the machine: 1.00 GiB")
                .contains("    |ESO.....")
                .contains("settlement", "critical section closed", "7.0 ms")
                .contains("something to know", "MemoryMap: 2");
        assertThat(squeezed(result.out()))
                .contains("eden 1.0 1.0 1.0 256 64.0 %")
                .contains("survivor 0.5 0.5 0.5 128 32.0 %")
                .contains("code-cache 0.1 0.1 0.1 16 4.0 %")
                .contains("all 1.6 1.6 1.6 400 100.0 %")
                .contains("young 1 0 4.0 4.0 1.0")
                .contains("eden 10 20.0 % 4 50.0 % 50.0 % 25.0 %");
    }

    @Test
    void theJsonHoldsTheSameAndEveryInterval() throws Exception {
        Cli.Result result =
                Cli.run("inspect", SampleTrace.write(folder.resolve("t")).toString(), "--json");

        JsonNode json = JsonMapper.shared().readTree(result.out());
        assertThat(json.at("/jvm/collector").asString()).isEqualTo("G1");
        assertThat(json.at("/recording/duration-ns").asLong()).isEqualTo(2_000_000_000L);
        assertThat(json.at("/recording/end").asString()).isEqualTo("completed");
        assertThat(json.at("/pages/written/eden").asLong()).isEqualTo(512);
        assertThat(json.at("/pages/present-at-start/survivor").asLong()).isEqualTo(128);
        assertThat(json.at("/pages/intervals")).hasSize(2);
        assertThat(json.at("/pages/intervals/1/written/code-cache").asLong()).isEqualTo(16);
        assertThat(json.at("/collections/0/duration-ns").asLong()).isEqualTo(4_000_000);
        assertThat(json.at("/heap/by-kind/free/spaces").asLong()).isEqualTo(5);
        assertThat(json.at("/hints/0/type").asString()).isEqualTo("critical-close");
        assertThat(json.at("/contents/eden/zero-pages").asLong()).isEqualTo(2);
        assertThat(json.at("/losses/MemoryMap").asLong()).isEqualTo(2);
        assertThat(json.at("/notices/0/text").asString()).isEqualTo("something to know");
    }

    @Test
    void whatIsNoTraceIsRefusedWithCodeThree() throws Exception {
        assertRefused(folder.resolve("missing"), "missing");
        assertRefused(Files.createDirectory(folder.resolve("empty")), "name the directory of a trace");
        assertRefused(Files.writeString(folder.resolve("file"), "text"), "file");
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.write(other.resolve("20260101.cq4"), new byte[100_000]);
        assertRefused(other, "other");
    }

    @Test
    void aTraceOfANewerVersionIsRefusedWithTheVersion() throws Exception {
        Path trace = SampleTrace.write(folder.resolve("t"));
        SampleTrace.makeNewer(trace);

        assertRefused(trace, "version 99");
    }

    @Test
    void aTraceThatIsCutOffIsRefused() throws Exception {
        Path whole = SampleTrace.write(folder.resolve("whole"));
        long size = Files.size(queueFile(whole));
        int cutOff = 0;
        for (long bytes = 0; bytes < size; bytes += Math.max(1, size / 50)) {
            Path trace = SampleTrace.write(folder.resolve("cut-" + bytes));
            SampleTrace.cut(trace, bytes);
            Cli.Result result = Cli.run("inspect", trace.toString());
            // Behind the last record the file holds only space that was kept for more.
            cutOff += result.code() == 0 ? 0 : 1;
            assertThat(result.code()).isIn(0, 3);
            assertThat(result.err().lines().count()).isLessThanOrEqualTo(1);
        }
        assertThat(cutOff).isPositive();
    }

    @Test
    void aDamagedTraceIsRefused() throws Exception {
        Path trace = SampleTrace.write(folder.resolve("t"));
        SampleTrace.damage(trace);

        assertRefused(trace, "checksum");
    }

    @Test
    void withStacktraceTheOneLineIsFollowedByWhereItHappened() {
        Cli.Result result =
                Cli.run("inspect", "--stacktrace", folder.resolve("missing").toString());

        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("\tat dev.godwit.");
    }

    private static void assertRefused(Path trace, String why) {
        Cli.Result result = Cli.run("inspect", trace.toString());

        assertThat(result.code()).isEqualTo(ExitCode.UNREADABLE_TRACE.code());
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().collect(Collectors.toList()))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("godwit: ").contains(why));
    }

    private static Path queueFile(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll(" +", " ");
    }
}
