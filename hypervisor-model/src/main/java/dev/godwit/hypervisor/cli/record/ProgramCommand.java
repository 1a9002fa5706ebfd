package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a program is started with the agent in it.
 *
 * <p>The words name one of: a {@code java} launcher and its arguments; another tool of the JDK such as {@code javac},
 * which takes the agent by {@code -J}; a script or program by its path, whose first JVM takes the agent from
 * {@code JAVA_TOOL_OPTIONS}; else they are options of {@code java} and a program for it.
 *
 * @param words the command line to execute
 * @param environment what to add to the environment
 * @param name short name of the program, for naming its trace
 */
public record ProgramCommand(List<String> words, Map<String, String> environment, String name) {
    private static final Set<String> OPTIONS_WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--add-opens",
            "--add-exports",
            "--add-reads",
            "--limit-modules",
            "--patch-module",
            "--enable-native-access",
            "--source");

    /**
     * Puts the agent into a command line.
     *
     * @param agent jar and options, as behind {@code -javaagent:}
     * @param javaHome the JDK whose tools are started when the words name no path
     * @throws CommandFailure if the program's launcher cannot be executed
     */
    public static ProgramCommand of(List<String> words, String agent, Path javaHome) {
        String first = words.get(0);
        List<String> rest = words.subList(1, words.size());
        Optional<Path> tool = tool(first, javaHome);
        if (tool.isPresent()) {
            boolean isJava = tool.get().getFileName().toString().equals("java");
            String option = (isJava ? "" : "-J") + "-javaagent:" + agent;
            String name = isJava ? programName(rest) : tool.get().getFileName().toString();
            return new ProgramCommand(joined(List.of(tool.get().toString(), option), rest), Map.of(), name);
        }
        if (first.contains("/") && !first.startsWith("-") && Files.isExecutable(Path.of(first)) && isFile(first)) {
            String inherited = System.getenv("JAVA_TOOL_OPTIONS");
            String options = (inherited == null ? "" : inherited + " ") + "-javaagent:" + quoted(agent);
            return new ProgramCommand(
                    words,
                    Map.of("JAVA_TOOL_OPTIONS", options),
                    Path.of(first).getFileName().toString());
        }
        Path java = javaHome.resolve("bin/java");
        if (!Files.isExecutable(java)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no " + java + "; point JAVA_HOME at a JDK, or name the java to use");
        }
        return new ProgramCommand(
                joined(List.of(java.toString(), "-javaagent:" + agent), words), Map.of(), programName(words));
    }

    /** The launcher that the word names: by its path when a {@code java} lies beside it, or by its bare name. */
    private static Optional<Path> tool(String word, Path javaHome) {
        if (word.startsWith("-")) {
            return Optional.empty();
        }
        if (!word.contains("/")) {
            Path tool = javaHome.resolve("bin").resolve(word);
            return Files.isExecutable(tool) ? Optional.of(tool) : Optional.empty();
        }
        Path path = Path.of(word);
        boolean isTool = isFile(word)
                && Files.isExecutable(path)
                && (path.getFileName().toString().equals("java") || isBesideJava(path));
        return isTool ? Optional.of(path) : Optional.empty();
    }

    /** In a JDK, {@code lib} lies beside {@code bin}; in {@code /usr/bin}, where scripts live too, links lead there. */
    private static boolean isBesideJava(Path path) {
        try {
            Path bin = path.toRealPath().getParent();
            return bin != null
                    && Files.isExecutable(bin.resolve("java"))
                    && Files.exists(bin.resolve("../lib/modules"));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFile(String word) {
        return Files.isRegularFile(Path.of(word));
    }

    /** JAVA_TOOL_OPTIONS is split at blanks; quotes keep them. */
    private static String quoted(String agent) {
        return agent.contains(" ") ? "\"" + agent + "\"" : agent;
    }

    /** Main class without its package, or jar or module without its ending. */
    private static String programName(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean hasNext = i + 1 < words.size();
            if (word.equals("-jar") && hasNext) {
                return withoutEnding(words.get(i + 1));
            }
            if ((word.equals("-m") || word.equals("--module")) && hasNext) {
                return words.get(i + 1).replaceAll("/.*", "");
            }
            if (OPTIONS_WITH_VALUE.contains(word)) {
                i++;
            } else if (!word.startsWith("-") && !word.startsWith("@")) {
                return word.endsWith(".java") ? withoutEnding(word) : word.substring(word.lastIndexOf('.') + 1);
            }
        }
        return "java";
    }

    private static String withoutEnding(String file) {
        Path name = Path.of(file).getFileName();
        return name == null ? "java" : name.toString().replaceAll("\\.(jar|java)$", "");
    }

    private static List<String> joined(List<String> one, List<String> other) {
        List<String> all = new ArrayList<>(one);
        all.addAll(other);
        return List.copyOf(all);
    }
}
