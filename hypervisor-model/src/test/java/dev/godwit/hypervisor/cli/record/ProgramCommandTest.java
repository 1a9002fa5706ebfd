package dev.godwit.hypervisor.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramCommandTest {
    private static final String AGENT = "/opt/agent.jar=output=/tmp/t";

    @TempDir
    private Path folder;

    private Path jdk;

    @BeforeEach
    void layOutAJdk() throws Exception {
        jdk = Files.createDirectories(folder.resolve("jdk"));
        Files.createDirectories(jdk.resolve("bin"));
        Files.createFile(Files.createDirectories(jdk.resolve("lib")).resolve("modules"));
        executable(jdk.resolve("bin/java"));
        executable(jdk.resolve("bin/javac"));
    }

    @Test
    void optionsAndAProgramGoToTheJavaOfTheJdk() {
        assertThat(words("-Xmx1g", "-jar", "app.jar", "-x"))
                .containsExactly(jdk + "/bin/java", "-javaagent:" + AGENT, "-Xmx1g", "-jar", "app.jar", "-x");
    }

    @Test
    void aNamedJavaIsTheOneThatIsStarted() throws Exception {
        Path other =
                executable(Files.createDirectories(folder.resolve("other/bin")).resolve("java"));

        assertThat(words("java", "Main")).startsWith(jdk + "/bin/java", "-javaagent:" + AGENT);
        assertThat(words(other.toString(), "Main")).containsExactly(other.toString(), "-javaagent:" + AGENT, "Main");
    }

    @Test
    void anotherToolOfTheJdkTakesTheAgentByItsJOption() {
        assertThat(words("javac", "A.java")).containsExactly(jdk + "/bin/javac", "-J-javaagent:" + AGENT, "A.java");
        assertThat(words(jdk + "/bin/javac", "A.java"))
                .containsExactly(jdk + "/bin/javac", "-J-javaagent:" + AGENT, "A.java");
    }

    @Test
    void aScriptPassesTheAgentOnInTheEnvironment() throws Exception {
        Path script = executable(folder.resolve("start.sh"));

        ProgramCommand command = ProgramCommand.of(List.of(script.toString(), "-v"), AGENT, jdk);

        assertThat(command.words()).containsExactly(script.toString(), "-v");
        assertThat(command.environment().get("JAVA_TOOL_OPTIONS")).endsWith("-javaagent:" + AGENT);
        assertThat(command.name()).isEqualTo("start.sh");
    }

    @Test
    void aJdkWithoutJavaIsRefused() {
        assertThatThrownBy(() -> ProgramCommand.of(List.of("Main"), AGENT, folder.resolve("none")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("point JAVA_HOME at a JDK");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-Xmx1g -jar lib/service-1.2.jar --port 80 | service-1.2",
                "-cp a:b com.example.Main arg | Main",
                "--add-opens java.base/java.lang=ALL-UNNAMED com.example.Main | Main",
                "-p mods -m shop/com.example.Main | shop",
                "Source.java | Source",
                "java -Xmx1g com.example.Main | Main",
                "javac -d out A.java | javac",
                "-version | java"
            })
    void aProgramIsCalledByItsMainClassJarOrModule(String words, String name) {
        assertThat(ProgramCommand.of(List.of(words.split(" ", -1)), AGENT, jdk).name())
                .isEqualTo(name);
    }

    private List<String> words(String... words) {
        return ProgramCommand.of(List.of(words), AGENT, jdk).words();
    }

    private static Path executable(Path file) throws Exception {
        Files.createFile(file);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
