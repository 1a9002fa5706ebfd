package dev.godwit.hypervisor.cli;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The command line in a process of its own, as users run it: it may inherit streams, be interrupted, be someone else. */
final class ForkedCli implements AutoCloseable {
    private static final Path AGENT = Path.of("../agent/javaagent/target/godwit-agent.jar")
            .toAbsolutePath()
            .normalize();
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin/java").toString();
    private static final long LONGEST_SECONDS = 120;

    private final Process process;
    private final Path out;
    private final Path err;

    private ForkedCli(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Skips the test when the agent's jar is not there: {@code mvn test} does not make it, {@code mvn verify} does. */
    static void needAgent() {
        Assumptions.assumeTrue(Files.isRegularFile(AGENT), "the agent's jar is not built: " + AGENT);
    }

    /** Starts a command in the directory. */
    static ForkedCli start(Path directory, String... arguments) throws IOException {
        return start(directory, List.of(), arguments);
    }

    /** Starts a command behind other words, such as {@code setpriv}. */
    static ForkedCli start(Path directory, List<String> before, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(before);
        words.addAll(List.of(
                JAVA,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // The JDK's ten seconds are not enough for a JVM on a very busy machine to answer.
                "-Dsun.tools.attach.attachTimeout=60000",
                "-Dgodwit.agent.jar=" + AGENT));
        words.addAll(List.of("-cp", classPath(directory, before.isEmpty()), Godwit.class.getName()));
        words.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = started(new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile()));
        return new ForkedCli(process, out, err);
    }

    /** Another user cannot read the libraries in our home directory: that one gets copies. */
    private static String classPath(Path directory, boolean ours) throws IOException {
        String classPath = System.getProperty("java.class.path");
        if (ours) {
            return classPath;
        }
        Path copies = Files.createDirectories(directory.resolve("libraries"));
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            Path copy = copies.resolve(path.getFileName());
            entries.add(Files.isRegularFile(path) ? Files.copy(path, copy).toString() : entry);
        }
        return String.join(File.pathSeparator, entries);
    }

    /** Java options and main class of {@link BusyProgram}, which runs so many seconds. */
    static String[] busy(int seconds) {
        return busyUntil("" + seconds);
    }

    /** The same, but it ends a second after the status of the agent inside begins so. */
    static String[] busyUntil(String status) {
        return new String[] {"-Xmx128m", "-cp", busyClassPath(), BusyProgram.class.getName(), status};
    }

    /** However busy the machine is, a recorded program waits for the end of its trace. */
    private static Process started(ProcessBuilder builder) throws IOException {
        builder.environment().put("GODWIT_END_LIMIT", "2m");
        return builder.start();
    }

    /**
     * Where {@link BusyProgram} is, and nothing else: Godwit's own class path holds classes of the agent, which no program that is
     * recorded has.
     */
    static String busyClassPath() {
        return Path.of(URI.create(BusyProgram.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }

    /** Starts a JVM that is not recorded. */
    static Process startBusy(List<String> before, int seconds) throws IOException {
        List<String> words = new ArrayList<>(before);
        words.add(JAVA);
        words.addAll(List.of(busy(seconds)));
        Process process = started(new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD));
        // Its first line says that it is up: before, a signal to open the attach socket would end it.
        int first = process.getInputStream().read();
        Assumptions.assumeTrue(first >= 0, "a JVM cannot be started with " + before);
        return process;
    }

    /** Sends Ctrl-C's signal; skips the test where that is ignored. */
    void interrupt() throws IOException, InterruptedException {
        Interrupts.need();
        new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    }

    long pid() {
        return process.pid();
    }

    /** Processes that the command started and that are there now. */
    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    /** Waits for the end. */
    Cli.Result result() throws IOException, InterruptedException {
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the command does not end; it said: " + Files.readString(err));
        }
        return new Cli.Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
