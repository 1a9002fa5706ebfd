package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.hint.MigrationHints;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the tests in a JVM of its own, with a home, a temporary and a working directory of its own. */
final class Application {
    private static final long TIMEOUT_SECONDS = 240;

    /**
     * Whatever the machine: by its processors and its memory the JVM would choose how much heap it begins with, and would
     * collect sooner or later for it.
     */
    private static final List<String> HEAP = List.of("-Xms256m", "-Xmx256m", "-XX:MetaspaceSize=128m");

    private final Path directory;
    private final Path javaHome;
    private final List<String> flags = new ArrayList<>();
    private final List<Path> classPath = new ArrayList<>();

    /** What a program left. */
    record Result(int exitCode, String output, String errors) {}

    /** Skips the test if there is no such JDK. */
    Application(Path directory, int feature) throws IOException {
        this.directory = directory;
        Optional<Path> found = jdk(feature);
        assumeTrue(found.isPresent(), "no JDK " + feature + " is installed below /usr/lib/jvm");
        javaHome = found.get();
        for (Path own : List.of(home(), temporary(), working())) {
            Files.createDirectories(own);
        }
        classPath.add(Path.of("target/test-classes").toAbsolutePath());
        classPath.add(location(MigrationHints.class));
    }

    private static Optional<Path> jdk(int feature) throws IOException {
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> isJdk(home, feature)).findFirst();
        }
    }

    private static boolean isJdk(Path home, int feature) {
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + feature + ".");
        } catch (IOException e) {
            return false;
        }
    }

    static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The jar that users load. */
    static Path agentJar() {
        String jar = System.getProperty("godwit.test.agent", "target/godwit-agent.jar");
        assertThat(Path.of(jar)).as("the agent jar, which mvn package makes").exists();
        return Path.of(jar).toAbsolutePath();
    }

    Path home() {
        return directory.resolve("home");
    }

    Path temporary() {
        return directory.resolve("tmp");
    }

    Path working() {
        return directory.resolve("work");
    }

    Path trace() {
        return directory.resolve("trace");
    }

    Application flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /** As in {@code -XX:+UseG1GC}: {@code G1}. */
    Application collector(String name) {
        return flags("-XX:+Use" + name + "GC");
    }

    Application agent(String options) {
        return flags("-javaagent:" + agentJar() + (options.isEmpty() ? "" : "=" + options));
    }

    /** However busy the machine is, the program waits for the end of its trace. */
    Application recording(String moreOptions) {
        return agent("output=" + trace() + ";interval=100ms;end-limit=2m;" + moreOptions);
    }

    Application onClassPath(Class<?> type) {
        return onClassPath(location(type));
    }

    Application onClassPath(Path entry) {
        classPath.add(entry);
        return this;
    }

    /** Starts it; the caller ends it. */
    Process start(Class<?> main, String... arguments) throws IOException {
        String path = String.join(
                File.pathSeparator, classPath.stream().map(Path::toString).toList());
        return start(List.of("-cp", path, main.getName()), arguments);
    }

    /** Starts a main class of a module, as in {@code module/package.Main}; the class path is not its. */
    Process startModule(Path modules, String main, String... arguments) throws IOException {
        return start(List.of("-p", modules.toString(), "-m", main), arguments);
    }

    /** Starts what the words behind the flags say; the caller ends it. */
    Process start(List<String> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(javaHome.resolve("bin/java").toString());
        command.addAll(HEAP);
        command.addAll(List.of("-Duser.home=" + home(), "-Djava.io.tmpdir=" + temporary()));
        if (flags.stream().noneMatch(flag -> flag.startsWith("-XX:+Use"))) {
            // Else the JVM takes another one where it finds a single processor or little memory.
            command.add("-XX:+UseG1GC");
        }
        command.addAll(flags);
        command.addAll(program);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(working().toFile())
                .redirectOutput(directory.resolve("output").toFile())
                .redirectError(directory.resolve("errors").toFile());
        builder.environment().put("HOME", home().toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("GODWIT_") || name.startsWith("JAVA_TOOL"));
        return builder.start();
    }

    Result run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return await(start(main, arguments));
    }

    Result await(Process process) throws IOException, InterruptedException {
        try {
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            assertThat(ended)
                    .as(() -> "ended within " + TIMEOUT_SECONDS + " s; " + stateOf(process))
                    .isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        return new Result(process.exitValue(), output(), errors());
    }

    /** What a program has printed and where its threads are, for the reader of a failed test. */
    private String stateOf(Process process) {
        try {
            Path threads = directory.resolve("threads");
            Process dump = new ProcessBuilder(javaHome.resolve("bin/jstack").toString(), String.valueOf(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(threads.toFile())
                    .start();
            dump.waitFor(1, TimeUnit.MINUTES);
            dump.destroyForcibly().waitFor();
            return "printed:\n" + output() + errors() + "\nthreads:\n" + Files.readString(threads);
        } catch (IOException e) {
            return "its state cannot be read: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    private String errors() throws IOException {
        return Files.readString(directory.resolve("errors"));
    }

    /** Files in the home, the temporary and the working directory of the program. */
    List<Path> leftovers() throws IOException {
        List<Path> left = new ArrayList<>();
        for (Path own : List.of(home(), temporary(), working())) {
            try (Stream<Path> files = Files.walk(own)) {
                files.filter(file -> !file.equals(own)).forEach(left::add);
            }
        }
        return left;
    }
}
