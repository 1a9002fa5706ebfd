package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.ChannelException;
import dev.godwit.agent.channel.ControlSocket;
import dev.godwit.agent.channel.Message;
import dev.godwit.agent.heap.RemoteHeap;
import dev.godwit.agent.it.programs.Waiting;
import dev.godwit.linux.ProcessPause;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A program under the control of another process, which asks, stops it, and dies. */
class ControlIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private Application application;
    private Process process;

    private void start(int feature, String collector) throws Exception {
        application = new Application(directory, feature).collector(collector);
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

    private AgentConnection connect(String moreOptions) throws Exception {
        try (ControlSocket socket = ControlSocket.create(process.pid())) {
            Attachment.load(process.pid(), "control=" + socket.path() + moreOptions);
            return socket.accept(LIMIT);
        }
    }

    private void endsWell() throws Exception {
        process.getOutputStream().close();
        assertThat(application.await(process)).isEqualTo(new Application.Result(0, "ready\nbye -1\n", ""));
        assertThat(application.leftovers()).isEmpty();
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @CsvSource({"G1, 17", "G1, 25", "Parallel, 17", "Parallel, 25", "Serial, 17", "Serial, 25"})
    void itCollectsWhenAskedAndTellsWhatItReads(String collector, int feature) throws Exception {
        start(feature, collector);
        try (AgentConnection agent = connect("");
                RemoteHeap heap = RemoteHeap.open(process.pid())) {
            assertThat(agent.hello().collector()).isEqualTo(collector.toUpperCase(Locale.ROOT));
            assertThat(agent.hello().limitation()).isEmpty();
            assertThat(agent.hello().pid()).isEqualTo(process.pid());

            // The JVM may collect by itself between any two of these.
            long before = heap.epoch();
            Message.Prepared prepared = agent.prepare(LIMIT);
            assertThat(prepared.epoch()).isBetween(before + 1, heap.epoch());
            assertThat(prepared.method()).isEqualTo("WhiteBox");

            HeapLayout earlier = heap.readLayout(0);
            Message.Layout own = agent.layout(LIMIT);
            HeapLayout later = heap.readLayout(0);
            assertThat(own.epoch()).isBetween(earlier.epoch(), later.epoch());
            if (earlier.epoch() == later.epoch()) {
                assertThat(own.spaces()).hasSize(later.size());
                assertThat(own.spaces().get(0).bottom()).isEqualTo(later.bottom(0));
            }
            agent.done();
            Attachment.awaitControl(process.pid(), "done");
        }
        Attachment.awaitControl(process.pid(), "closed");
        endsWell();
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aProcessThatStoodStillFeltAtLeastThat(int feature) throws Exception {
        start(feature, "G1");
        try (AgentConnection agent = connect("");
                ProcessPause pause = ProcessPause.of(process.pid(), ProcessPause.Mechanism.SIGNAL)) {
            long begun = System.nanoTime();
            agent.beginStalls(LIMIT);
            Thread.sleep(100);
            Message.Stalls calm = agent.readStalls(LIMIT);
            agent.paused();
            pause.pause(LIMIT.toNanos());
            long stopped = System.nanoTime();
            Thread.sleep(1_000);
            long stoodNanos = System.nanoTime() - stopped;
            pause.resume();
            agent.resumed();
            Message.Stalls stalls = agent.endStalls(LIMIT);

            // A stall may begin while the recorder sleeps: that millisecond it would have slept anyway.
            assertThat(stalls.longestNanos()).isGreaterThanOrEqualTo(stoodNanos - 1_000_000);
            assertThat(stalls.intervalNanos()).isGreaterThan(stoodNanos);
            assertThat(stalls.count()).as("wake-ups swallowed count too").isGreaterThan(900);
            // A tenth of all wake-ups may have come behind it, if this thread had to wait for a processor.
            assertThat(stalls.p90Nanos()).isGreaterThan((stoodNanos - stalls.intervalNanos() / 10) / 2);
            assertThat(calm.longestNanos())
                    .as("the reading before knew nothing of it")
                    .isBetween(0L, calm.intervalNanos());
            assertThat(calm.intervalNanos()).isLessThan(stopped - begun);
        }
        endsWell();
    }

    @ParameterizedTest(name = "JDK {0}, killed when {1}")
    @CsvSource({
        "17, connected",
        "17, prepared",
        "17, paused",
        "17, stalls",
        "17, resumed",
        "25, connected",
        "25, prepared",
        "25, paused",
        "25, stalls",
        "25, resumed"
    })
    void aControllerThatIsKilledLeavesNothingBehind(int feature, String state) throws Exception {
        start(feature, "G1");
        Process controller = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ControllerProgram.class.getName(),
                        String.valueOf(process.pid()),
                        state)
                .redirectError(directory.resolve("controller").toFile())
                .start();
        try {
            assertThat(controller.inputReader(StandardCharsets.UTF_8).readLine())
                    .isEqualTo(state);
        } finally {
            controller.destroyForcibly().waitFor();
        }
        Attachment.awaitControl(process.pid(), "closed");
        Attachment.waitFor(() -> agentThreads() == 1, "its threads have ended");
        try (AgentConnection next = connect("")) {
            assertThat(next.prepare(LIMIT).epoch()).isPositive();
        }
        endsWell();
    }

    /** Names are cut to 15 letters; the one that stays takes requests. */
    private long agentThreads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return tasks.filter(task -> nameOf(task).startsWith("godwit-agent")).count();
        }
    }

    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException ended) {
            return "";
        }
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aSecondControllerIsRefusedAndARecordingGoesOnBeside(int feature) throws Exception {
        start(feature, "G1");
        Path trace = directory.resolve("trace");
        try (AgentConnection first = connect(";output=" + trace + ";interval=50ms")) {
            assertThatThrownBy(() -> connect(""))
                    .isInstanceOf(ChannelException.class)
                    .hasMessage("the agent refuses: another controller is connected to this JVM");
            assertThat(first.prepare(LIMIT).method()).isEqualTo("WhiteBox");
        }
        Attachment.waitFor(() -> Attachment.status(process.pid()).startsWith("recording"), "it records");
        Attachment.load(process.pid(), "stop=true");
        Attachment.waitFor(() -> Attachment.status(process.pid()).startsWith("finished"), "it has recorded");

        List<TraceRecord> records = Traces.read(trace);
        assertThat(((TraceEnd) records.get(records.size() - 1)).reason()).isEqualTo(TraceEnd.Reason.COMPLETED);
        endsWell();
    }
}
