package dev.godwit.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the test class path in a JVM of its own, to its end. */
public final class ForkedJvm {
    private final Path home;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    /** A JVM of the JDK at {@code home}. */
    public ForkedJvm(Path home) {
        this.home = home;
    }

    /** Adds options in front of the main class. */
    public ForkedJvm options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** Sets a variable of its environment. */
    public ForkedJvm environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /**
     * Runs the program and waits for it.
     *
     * @param limit after which it is killed
     * @return exit value and what it printed, standard error included
     */
    public Result run(Duration limit, Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin/java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("forked", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            String text = Files.readString(output);
            return new Result(ended ? process.exitValue() : -1, ended ? text : "killed after " + limit + "\n" + text);
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(output);
        }
    }

    /**
     * How it ended.
     *
     * @param exitValue -1 if it had to be killed
     * @param output what it printed
     */
    public record Result(int exitValue, String output) {}
}
