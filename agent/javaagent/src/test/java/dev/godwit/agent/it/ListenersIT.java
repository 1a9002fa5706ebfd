package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.ControlSocket;
import dev.godwit.agent.it.programs.Listening;
import dev.godwit.trace.GarbageCollection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a migration is for the program inside, and for those who look at it by JMX and Flight Recorder. */
class ListenersIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aLateAgentTellsListenersAndNoneOfThemStopsAMigration(int feature) throws Exception {
        Path events = directory.resolve("events.jfr");
        Application application = new Application(directory, feature)
                .flags("-XX:StartFlightRecording=filename=" + events, "-Xlog:jfr+startup=off");
        if (feature >= 21) {
            application.flags("-XX:+EnableDynamicAgentLoading");
        }
        Process process = application.start(Listening.class);
        try {
            Attachment.waitFor(() -> application.output().contains("ready"), "the program is ready");
            try (ControlSocket socket = ControlSocket.create(process.pid())) {
                String options = "control=" + socket.path() + ";interval=50ms;output=" + application.trace();
                Attachment.load(process.pid(), options);
                try (AgentConnection agent = socket.accept(LIMIT)) {
                    Attachment.waitFor(() -> Attachment.status(process.pid()).startsWith("recording"), "it records");
                    agent.prepare(LIMIT);
                    agent.paused();
                    agent.done();
                    Attachment.awaitControl(process.pid(), "done");
                    agent.prepare(LIMIT);
                }
            }
            Attachment.waitFor(() -> application.output().contains("aborted"), "a controller that is gone is told of");
            process.getOutputStream().close();
            Application.Result result = application.await(process);
            assertThat(result.output().lines().filter(line -> !line.contains("ecording")))
                    .containsExactly(
                            "ready",
                            "preparing",
                            "resumed",
                            "preparing",
                            "aborted",
                            "LastEvent ABORTED",
                            "Preparings 2",
                            "Resumptions 1",
                            "Aborts 1");
        } finally {
            process.destroyForcibly();
        }
        List<String> names = RecordingFile.readAllEvents(events).stream()
                .map(event -> event.getEventType().getName())
                .filter(name -> name.startsWith("dev.godwit."))
                .collect(Collectors.toList());
        assertThat(names)
                .contains("dev.godwit.LayoutEpoch")
                .filteredOn(name -> !name.equals("dev.godwit.LayoutEpoch") && !name.equals("dev.godwit.Hint"))
                .containsExactlyInAnyOrder(
                        "dev.godwit.Preparing",
                        "dev.godwit.Paused",
                        "dev.godwit.Resumed",
                        "dev.godwit.Done",
                        "dev.godwit.Preparing",
                        "dev.godwit.Aborted");
        assertThat(Traces.of(GarbageCollection.class, Traces.read(application.trace())))
                .filteredOn(GarbageCollection::requested)
                .as("collections that the controller asked for")
                .isNotEmpty();
    }
}
