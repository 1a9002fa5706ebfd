package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.it.programs.Waiting;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent attached to a program that runs, several times. */
class AttachIT {
    @TempDir
    Path directory;

    private Application application;
    private Process process;

    private void start(int feature, String... flags) throws IOException, InterruptedException {
        application = new Application(directory, feature).flags(flags);
        if (feature >= 21) {
            // Without it the JVM itself warns of every agent that is attached.
            application.flags("-XX:+EnableDynamicAgentLoading");
        }
        process = application.start(Waiting.class);
        Attachment.waitFor(() -> application.output().contains("ready"), "the program is ready");
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void itRecordsForAWhileAndCanDoSoAgain(int feature) throws Exception {
        start(feature);
        for (String name : List.of("first", "second")) {
            Path trace = directory.resolve(name);
            attach("output=" + trace + ";duration=1s;interval=50ms");
            awaitStatus(status -> status.startsWith("finished"));

            assertThat(status()).isEqualTo("finished COMPLETED");
            List<TraceRecord> records = Traces.read(trace);
            // The baseline, and what was written since: a busy machine may leave time for no more.
            assertThat(Traces.of(DirtyPages.class, records)).hasSizeGreaterThanOrEqualTo(2);
            assertThat(((TraceEnd) records.get(records.size() - 1)).reason()).isEqualTo(TraceEnd.Reason.COMPLETED);
            assertThat(writeProtectedMappings()).isZero();
        }
        endsWell();
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aSecondRequestIsRefusedWhileItRecordsUnlessItSaysStop(int feature) throws Exception {
        start(feature);
        Path trace = directory.resolve("first");
        attach("output=" + trace);
        awaitStatus(status -> status.startsWith("recording"));
        attach("output=" + directory.resolve("second"));
        Attachment.waitFor(() -> property("godwit.agent.refused").contains("a recording is running"), "refused");

        assertThat(status()).isEqualTo("recording " + trace);
        assertThat(directory.resolve("second")).doesNotExist();

        attach("stop=true");
        awaitStatus(status -> status.startsWith("finished"));
        assertThat(Traces.read(trace)).isNotEmpty();
        assertThat(property("godwit.agent.refused")).isEmpty();
        endsWell();
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void badRequestsLeaveItIdleAndSayWhy(int feature) throws Exception {
        start(feature);
        attach("outptu=" + directory.resolve("trace"));
        awaitStatus(status -> status.startsWith("failed"));
        assertThat(status()).contains("outptu").contains("is not known");

        attach("output=" + directory.resolve("trace") + ";interval=-1s");
        awaitStatus(status -> status.contains("interval=-1s"));

        attach("output=/proc/nothing/trace");
        awaitStatus(status -> status.contains("/proc/nothing/trace"));
        assertThat(status()).startsWith("failed:");

        Path used = Files.createDirectory(directory.resolve("used"));
        Files.writeString(used.resolve("file"), "precious");
        attach("output=" + used);
        awaitStatus(status -> status.contains("used"));
        assertThat(used.resolve("file")).hasContent("precious");

        attach("");
        awaitStatus("idle"::equals);
        endsWell();
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aForcedCollectionIsMarkedAsRequested(int feature) throws Exception {
        start(feature, "-XX:+UseG1GC");
        Path trace = directory.resolve("trace");
        attach("output=" + trace + ";interval=100ms;collect=200ms");
        Traces.await(trace, records -> requested(records).size() > 1);
        attach("stop=true");
        awaitStatus(status -> status.startsWith("finished"));

        List<GarbageCollection> collections = Traces.of(GarbageCollection.class, Traces.read(trace));
        assertThat(collections)
                .allMatch(collection ->
                        collection.requested() == collection.cause().contains("WhiteBox"));
        endsWell();
    }

    private static List<GarbageCollection> requested(List<TraceRecord> records) {
        return Traces.of(GarbageCollection.class, records).stream()
                .filter(GarbageCollection::requested)
                .toList();
    }

    private void endsWell() throws IOException, InterruptedException {
        process.getOutputStream().close();
        Application.Result result = application.await(process);
        assertThat(result).isEqualTo(new Application.Result(0, "ready\nbye -1\n", ""));
        assertThat(application.leftovers()).isEmpty();
    }

    private void attach(String options) throws Exception {
        Attachment.load(process.pid(), options);
    }

    private String property(String name) throws Exception {
        return Attachment.property(process.pid(), name);
    }

    private String status() throws Exception {
        return Attachment.status(process.pid());
    }

    private void awaitStatus(Predicate<String> wanted) throws IOException, InterruptedException {
        Attachment.waitFor(() -> wanted.test(status()), "the status");
    }

    /** Mappings of the program that the kernel has armed, by the flag {@code uw} of their {@code smaps}. */
    private long writeProtectedMappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps")).stream()
                .filter(line -> line.startsWith("VmFlags:") && (line + " ").contains(" uw "))
                .count();
    }
}
