package dev.godwit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the build has made, by its place in the checkout, and how it is started to be measured. */
final class Programs {
    private static final String AGENT = "agent/javaagent/target/godwit-agent.jar";

    /** The JVM's option that loads the agent; more may be appended behind an equals sign. */
    static final String AGENT_OPTION = "-javaagent:" + AGENT;

    private Programs() {}

    /** One of the demo programs. */
    static Path demo(String name) {
        return Path.of("demo-apps/target", name.toLowerCase(Locale.ROOT) + ".jar");
    }

    /**
     * Makes sure that the agent and the programs are there.
     *
     * @throws IllegalStateException if one is not, with what to do
     */
    static void requireAgentAnd(Path... programs) {
        List<Path> jars = new ArrayList<>(List.of(programs));
        jars.add(Path.of(AGENT));
        for (Path jar : jars) {
            if (!Files.isRegularFile(jar)) {
                throw new IllegalStateException(
                        jar + " is missing: run mvn -DskipTests package at the top of the checkout");
            }
        }
    }

    /** The JVM that runs this. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * A command that runs a program with G1.
     *
     * @param processor on which it runs, and nowhere else
     * @param heap size as the JVM's options say it
     * @param flags more of the JVM's options
     */
    static List<String> onProcessor(
            int processor, String heap, List<String> flags, Path program, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                "taskset", "-c", Integer.toString(processor), java(), "-XX:+UseG1GC", "-Xms" + heap, "-Xmx" + heap));
        command.addAll(flags);
        command.addAll(List.of("-jar", program.toString(), "--json"));
        command.addAll(arguments);
        return command;
    }

    /** Deletes a directory and all in it; no harm if there is none. */
    static void deleteTree(Path top) throws IOException {
        if (Files.exists(top)) {
            try (Stream<Path> files = Files.walk(top)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
