package dev.godwit.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds installed JDKs for tests that fork a JVM of a given release. */
public final class JdkHomes {
    private JdkHomes() {}

    /**
     * Home of a JDK of the release: the one that runs the test, one named by {@code JAVA17_HOME} (or 25, and so on) or
     * {@code JAVA_HOME}, or one of {@code /usr/lib/jvm}.
     */
    public static Optional<Path> find(int feature) {
        return candidates(feature).stream()
                .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                .filter(home -> featureOf(home) == feature)
                .findFirst();
    }

    private static List<Path> candidates(int feature) {
        List<Path> homes = new ArrayList<>();
        homes.add(Path.of(System.getProperty("java.home")));
        for (String variable : List.of("JAVA" + feature + "_HOME", "JAVA_HOME_" + feature, "JAVA_HOME")) {
            String home = System.getenv(variable);
            if (home != null && !home.isEmpty()) {
                homes.add(Path.of(home));
            }
        }
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
            installed.sorted().forEach(homes::add);
        } catch (IOException none) {
            return homes;
        }
        return homes;
    }

    /** From the file {@code release}, line {@code JAVA_VERSION="17.0.15"}; -1 if it cannot be told. */
    private static int featureOf(Path home) {
        try (Stream<String> lines = Files.lines(home.resolve("release"))) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION=\""))
                    .map(line -> line.replaceAll("[^0-9.]", "").replaceFirst("\\..*", ""))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | NumberFormatException unknown) {
            return -1;
        }
    }
}
