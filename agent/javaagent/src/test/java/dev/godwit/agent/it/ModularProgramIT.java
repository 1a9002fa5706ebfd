package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.it.Application.Result;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.JvmSignals;
import dev.godwit.trace.Notice;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are started with {@code -m}: their JVM has few of the JDK's modules. */
class ModularProgramIT {
    private static final String MAIN = "small/small.Main";

    @TempDir
    private Path directory;

    private Path modules;

    @BeforeEach
    void compileAModuleThatRequiresJavaBaseOnly() throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources/small"));
        modules = directory.resolve("modules");
        Path descriptor = Files.writeString(sources.resolve("module-info.java"), "module small {}");
        Path main = Files.writeString(sources.resolve("Main.java"), """
                package small;

                public class Main {
                    public static void main(String[] arguments) throws Exception {
                        byte[][] kept = new byte[64][];
                        System.out.println("running");
                        for (int i = 0; System.in.available() == 0 && ended(arguments) == 0; i++) {
                            kept[i % kept.length] = new byte[100_000];
                            Thread.sleep(i % 10 == 0 ? 1 : 0);
                        }
                        System.out.println(ModuleLayer.boot().findModule("jdk.unsupported").isPresent());
                    }

                    private static int ended(String[] arguments) {
                        String status = System.getProperty("godwit.agent.status", "");
                        return status.startsWith("finished") || status.startsWith("failed") ? 1 : 0;
                    }
                }
                """);
        int exit = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--release",
                        "17",
                        "-d",
                        modules.resolve("small").toString(),
                        descriptor.toString(),
                        main.toString());
        assertThat(exit).isZero();
    }

    @Test
    void oneWithTheFewestModulesIsRecordedFromItsStart() throws Exception {
        Application program = new Application(directory, Runtime.version().feature())
                .flags("--limit-modules", "java.base,java.instrument")
                .recording("duration=500ms");

        Result result = program.await(program.startModule(modules, MAIN));

        assertThat(result.errors()).isEmpty();
        assertThat(result.output()).contains("running", "false");
        assertThat(program.leftovers()).isEmpty();
        List<TraceRecord> records = Traces.read(program.trace());
        assertThat(records.get(records.size() - 1)).isInstanceOf(TraceEnd.class);
        assertThat(Traces.of(DirtyPages.class, records)).isNotEmpty();
        assertThat(Traces.of(JvmSignals.class, records)).isNotEmpty();
        assertThat(Traces.of(Notice.class, records))
                .noneMatch(notice -> notice.toString().contains("left out"));
    }

    @Test
    void oneThatRunsIsAttachedToAndRecorded() throws Exception {
        Application program = new Application(directory, Runtime.version().feature());
        Process process = program.startModule(modules, MAIN);
        try {
            Attachment.waitFor(() -> program.output().contains("running"), "the program runs");
            Attachment.load(process.pid(), "output=" + program.trace() + ";interval=100ms;duration=300ms");
            Result result = program.await(process);

            // JDK 21 and later warn of agents that are attached, and of java.instrument, which the JVM adds for them.
            assertThat(result.errors().lines().filter(line -> !line.isBlank() && !line.startsWith("WARNING: ")))
                    .isEmpty();
            assertThat(Traces.of(DirtyPages.class, Traces.read(program.trace())))
                    .isNotEmpty();
        } finally {
            process.destroyForcibly();
        }
    }
}
