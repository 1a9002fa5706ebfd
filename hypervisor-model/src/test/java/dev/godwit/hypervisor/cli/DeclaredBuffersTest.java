package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.linux.ForeignJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a program says of its buffers, in rehearsals with the agent that hears it. */
@Timeout(180)
class DeclaredBuffersTest {
    private static final Path HINT_API =
            Path.of("../agent/hint-api/target/classes").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    @Test
    void whatIsDiscardableIsDroppedWhatAFileHasIsReadThereAndWhatIsSaidNoLongerOrIsWrongIsSent() throws Exception {
        ForkedCli.needAgent();
        Assumptions.assumeTrue(Files.isDirectory(HINT_API), "the hint API is not built: " + HINT_API);
        Path file = directory.resolve("stored");
        try (ForeignJvm jvm =
                Rehearsing.start(List.of("-Xmx64m"), DeclaringProgram.class, HINT_API.toString(), file.toString())) {
            int discarded = 0;
            for (String technique : List.of("pre-copy", "post-copy")) {
                JsonNode godwit = rehearse(jvm, technique).get("godwit");

                assertThat(godwit.get("discarded-pages").asInt())
                        .isBetween(DeclaringProgram.SCRATCH_PAGES - 1, DeclaringProgram.SCRATCH_PAGES);
                assertThat(godwit.get("dropped-pages").asInt())
                        .isGreaterThanOrEqualTo(godwit.get("discarded-pages").asInt());
                assertThat(godwit.get("refetched-pages").asInt())
                        .as("all but the page that the program changed, and one that is no whole page")
                        .isGreaterThanOrEqualTo(DeclaringProgram.FILE_PAGES - 2);
                discarded += godwit.get("discarded-pages").asInt();
            }
            awaitZeroed(jvm, discarded);
            assertThat(jvm.output()).doesNotContain("ERROR");
        }
    }

    /** What was dropped is zeros in the program, which fills it again; where it was just looking it finds some a second time. */
    private static void awaitZeroed(ForeignJvm jvm, int pages) throws Exception {
        long deadline = System.nanoTime() + Rehearsing.LIMIT.toNanos();
        while (zeroed(jvm) < pages && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(zeroed(jvm)).isGreaterThanOrEqualTo(pages);
    }

    private static int zeroed(ForeignJvm jvm) throws Exception {
        String output = jvm.output();
        Matcher said = Pattern.compile("zeroed (\\d+) of").matcher(output.substring(output.lastIndexOf("zeroed")));
        return said.find() ? Integer.parseInt(said.group(1)) : 0;
    }

    private JsonNode rehearse(ForeignJvm jvm, String technique) throws Exception {
        Path json = directory.resolve("out.json");
        Cli.Result result = Rehearsing.succeed(() -> run(jvm, technique, json));
        assertThat(result.out()).contains("left out, discardable", "left out, in files");
        JsonNode written = Rehearsing.answer(json);
        assertThat(written.get("verified").asBoolean()).isTrue();
        return written;
    }

    private static Cli.Result run(ForeignJvm jvm, String technique, Path json) {
        return Cli.run(
                "rehearse",
                Long.toString(jvm.pid()),
                "--local",
                "--technique",
                technique,
                "--bandwidth",
                "10Gbit",
                "--downtime-limit",
                "10s",
                "--watch",
                "300ms",
                "--json",
                json.toString());
    }
}
