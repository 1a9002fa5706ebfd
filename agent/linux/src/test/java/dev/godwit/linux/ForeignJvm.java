package dev.godwit.linux;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM that runs a main class of the test class path and is no child of this one, as a process to be traced must not
 * be. A shell starts it and ends. {@link #close} kills it.
 */
public final class ForeignJvm implements AutoCloseable {
    private final ProcessHandle handle;
    private final Path output;

    private ForeignJvm(ProcessHandle handle, Path output) {
        this.handle = handle;
        this.output = output;
    }

    /** Starts the JVM of the JDK at {@code home}, with options in front of the main class. */
    public static ForeignJvm start(Path home, List<String> options, Class<?> main, String... arguments)
            throws IOException {
        Path output = Files.createTempFile("foreign", ".txt");
        List<String> command = new ArrayList<>();
        // Two lines: the background job's output goes to the file, its number to us.
        command.addAll(List.of("/bin/sh", "-c", "exec 3>&1; exec >\"$0\" 2>&1 </dev/null; \"$@\" 3>&- & echo $! >&3"));
        command.add(output.toString());
        command.add(home.resolve("bin/java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(arguments));
        Process shell = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
        ProcessHandle handle = ProcessHandle.of(Long.parseLong(pid))
                .orElseThrow(() -> new IOException("process " + pid + " ended at once"));
        return new ForeignJvm(handle, output);
    }

    public long pid() {
        return handle.pid();
    }

    public boolean isAlive() {
        return handle.isAlive();
    }

    /** That of the test, without the agent's own classes: no program that an agent is loaded into has them. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("javaagent") && !entry.contains("godwit-agent"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What it printed so far, standard error included. */
    public String output() throws IOException {
        return Files.readString(output);
    }

    /** Waits until it printed a text; fails when it ended or the limit passed without. */
    public void awaitOutput(String text, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!output().contains(text)) {
            if (!isAlive() || System.nanoTime() - deadline > 0) {
                throw new IOException("process " + pid() + (isAlive() ? "" : " has ended and") + " did not print \""
                        + text + "\" within " + limit + ", but: " + output());
            }
            Thread.sleep(20);
        }
    }

    /** Waits for its end and gives what it printed. */
    public String awaitEnd(Duration limit) throws IOException, InterruptedException {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            throw new IOException("process " + pid() + " did not end within " + limit + ": " + output(), late);
        }
        return output();
    }

    /** Kills it, {@code kill -9}, and waits until it is gone, also from the table of processes. */
    public void kill() throws IOException, InterruptedException {
        handle.destroyForcibly();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (Files.exists(Path.of("/proc/" + pid()))) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("process " + pid() + " is still there after it was killed");
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws IOException {
        handle.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
