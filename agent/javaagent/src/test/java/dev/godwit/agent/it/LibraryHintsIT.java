package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.it.programs.UsingLibraries;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent recognises of the work of real libraries; the program itself checks it, step by step. */
class LibraryHintsIT {
    @TempDir
    Path directory;

    private Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = 17)
    void fromTheStartTransactionsAndRequestsAreSeen(int feature) throws Exception {
        Application application = application(feature).agent("");
        process = application.start(UsingLibraries.class);

        endsWell(application);
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = 25)
    void attachedLateTheSameIsSeen(int feature) throws Exception {
        Application application = application(feature);
        application.flags("-XX:+EnableDynamicAgentLoading");
        process = application.start(UsingLibraries.class);
        Attachment.waitFor(() -> application.output().contains("ready"), "the program is ready");
        Attachment.load(process.pid(), "");

        endsWell(application);
    }

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = 17)
    void whatIsSwitchedOffIsNotSeen(int feature) throws Exception {
        Application application =
                application(feature).agent("jdbc-hints=off;servlet-hints=off;http-server-hints=off;executor-hints=off");
        process = application.start(UsingLibraries.class, "jdbc,servlet,http-server,executor");

        endsWell(application);
    }

    private Application application(int feature) throws IOException {
        Application application = new Application(directory, feature);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (name.matches("(derby|h2|HikariCP|jetty-|jakarta\\.|tomcat-|slf4j-).*\\.jar")) {
                application.onClassPath(Path.of(entry));
            }
        }
        return application;
    }

    private void endsWell(Application application) throws IOException, InterruptedException {
        Application.Result result = application.await(process);

        assertThat(result).isEqualTo(new Application.Result(0, "ready\nall as expected\n", ""));
    }
}
