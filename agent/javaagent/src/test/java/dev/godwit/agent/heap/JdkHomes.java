package dev.godwit.agent.heap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds installed JDKs by their {@code release} file. */
final class JdkHomes {
    private JdkHomes() {}

    static Optional<Path> find(int feature) {
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> isFeature(home, feature)).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isFeature(Path home, int feature) {
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + feature + ".");
        } catch (IOException e) {
            return false;
        }
    }
}
