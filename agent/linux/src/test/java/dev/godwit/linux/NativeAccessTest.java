package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeAccessTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void nothingIsLeftBehind(int release) throws IOException, InterruptedException {
        Optional<Path> home = JdkHomes.find(release);
        assumeTrue(home.isPresent(), "no JDK " + release);
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path user = Files.createDirectory(directory.resolve("home"));

        ForkedJvm.Result result = new ForkedJvm(home.get())
                .options(
                        "-Djava.io.tmpdir=" + temporary,
                        "-Duser.home=" + user,
                        "-Djna.boot.library.path=/nonexistent",
                        "-Djna.nosys=false")
                .environment("XDG_CACHE_HOME", user.toString())
                .run(Duration.ofMinutes(1), NativeAccessCheck.class);

        assertThat(result.output())
                .contains("native memory true", "properties changed {} removed []", "faults of children 0");
        assertThat(result.exitValue()).isZero();
        assertThat(content(temporary)).isEmpty();
        assertThat(content(user)).isEmpty();
    }

    private static List<Path> content(Path of) throws IOException {
        try (Stream<Path> files = Files.walk(of)) {
            return files.filter(file -> !file.equals(of)).toList();
        }
    }
}
