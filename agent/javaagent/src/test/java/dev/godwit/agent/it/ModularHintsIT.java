package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hint.MigrationHints;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that is a module, needs the hint API as one, and has next to nothing else in its module graph. */
class ModularHintsIT {
    private static final String MODULE = "module modular { requires dev.godwit.hint; }";
    private static final String PROGRAM = """
            package modular;

            import dev.godwit.hint.CriticalSection;
            import dev.godwit.hint.MigrationHints;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    String seen = seen();
                    // The agent comes up beside the program.
                    for (int i = 0; i < 3000 && arguments.length > 0 && !seen.equals(arguments[0]); i++) {
                        Thread.sleep(10);
                        seen = seen();
                    }
                    System.out.println(Main.class.getModule() + ", " + MigrationHints.class.getModule() + ": " + seen);
                }

                private static String seen() throws Exception {
                    try (CriticalSection section = MigrationHints.critical("modular")) {
                        Class<?> bridge = Class.forName("dev.godwit.bootstrap.HintBridge", true, null);
                        Object slot = bridge.getMethod("slot", int.class).invoke(null, 1);
                        return slot == null ? "not yet" : "seen as " + slot.getClass().getMethod("name").invoke(slot);
                    } catch (ClassNotFoundException noAgent) {
                        return "seen by nobody";
                    }
                }
            }
            """;

    @TempDir
    Path directory;

    @ParameterizedTest(name = "JDK {0}")
    @ValueSource(ints = {17, 25})
    void aNamedModuleGivesHintsWithAndWithoutTheAgent(int feature) throws IOException, InterruptedException {
        Path api = Application.location(MigrationHints.class);
        Path classes = compile(api);
        List<String> program = List.of("-p", api + File.pathSeparator + classes, "-m", "modular/modular.Main");

        Application alone = new Application(directory.resolve("alone"), feature);
        assertThat(alone.await(alone.start(program)))
                .isEqualTo(new Application.Result(0, "module modular, module dev.godwit.hint: seen by nobody\n", ""));
        Application watched = new Application(directory.resolve("watched"), feature).agent("");
        assertThat(watched.await(watched.start(program, "seen as modular")))
                .isEqualTo(new Application.Result(0, "module modular, module dev.godwit.hint: seen as modular\n", ""));
    }

    private Path compile(Path api) throws IOException {
        Path classes = directory.resolve("classes");
        Path sources = Files.createDirectories(directory.resolve("sources/modular"));
        Path module = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
        Path main = Files.writeString(sources.resolve("Main.java"), PROGRAM);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        said,
                        said,
                        "--release",
                        "17",
                        "-p",
                        api.toString(),
                        "-d",
                        classes.toString(),
                        module.toString(),
                        main.toString());
        assertThat(failed).as(said.toString(StandardCharsets.UTF_8)).isZero();
        return classes;
    }
}
