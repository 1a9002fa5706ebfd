package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.JdkHomes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Runs a main class of the tests in a JVM of its own, under {@link TestAgent}. */
final class ForkedJvm {
    private static final long TIMEOUT_SECONDS = 120;

    private ForkedJvm() {}

    /** What a forked JVM left. */
    record Result(int exitCode, List<String> output, List<String> errors) {}

    /** Every collector whose layout is known, on every JDK of the support matrix. */
    static Stream<Arguments> collectorsAndJdks() {
        return Stream.of("G1", "Parallel", "Serial")
                .flatMap(collector -> Stream.of(17, 25).map(feature -> Arguments.of(collector, feature)));
    }

    /**
     * Runs the class and requires that it ended well.
     *
     * @param collector as in the flag: {@code G1} for {@code -XX:+UseG1GC}
     */
    static Result run(Path directory, int feature, String collector, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        List<String> command = command(directory, feature, collector, main, arguments);
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            assertThat(ended).as("ended within %d s", TIMEOUT_SECONDS).isTrue();
        } finally {
            process.destroyForcibly();
        }
        Result result = new Result(process.exitValue(), Files.readAllLines(output), Files.readAllLines(errors));
        assumeTrue(
                result.output.stream().noneMatch(line -> line.contains("Could not create the Java Virtual Machine"))
                        && result.errors.stream().noneMatch(line -> line.contains("not supported")),
                collector + " is not in this JDK " + feature);
        assertThat(result.exitCode).as("exit code; output %s", result).isZero();
        return result;
    }

    /** Starts the class with its streams as pipes; the caller ends it. */
    static Process start(Path directory, int feature, String collector, Class<?> main, String... arguments)
            throws IOException {
        return new ProcessBuilder(command(directory, feature, collector, main, arguments))
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }

    private static List<String> command(
            Path directory, int feature, String collector, Class<?> main, String... arguments) throws IOException {
        Optional<Path> home = JdkHomes.find(feature);
        assumeTrue(home.isPresent(), "no JDK " + feature + " is installed");
        List<String> command = new ArrayList<>(List.of(
                home.get().resolve("bin/java").toString(),
                // As much from the start, whatever the machine has: else the JVM collects when it grows.
                "-Xms512m",
                "-Xmx512m",
                "-XX:MetaspaceSize=128m",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:+Use" + collector + "GC",
                "-javaagent:" + agent(directory),
                "-cp",
                System.getProperty("java.class.path")));
        if (collector.equals("Epsilon")) {
            // It warns of a heap that can grow.
            command.add("-Xlog:gc+init=off");
        }
        if (feature >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path agent(Path directory) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), TestAgent.class.getName());
        Path jar = directory.resolve("test-agent.jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }
}
