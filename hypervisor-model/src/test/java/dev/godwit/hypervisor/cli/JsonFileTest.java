package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    private static final byte[] CONTENT = "{}\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void theFileIsReplacedAndNothingElseIsLeft() throws Exception {
        Path file = Files.writeString(folder.resolve("out.json"), "old");

        JsonFile.write(file, CONTENT);

        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(entries(folder)).containsExactly(file);
    }

    @Test
    void aLinkIsFollowedNotReplaced() throws Exception {
        Path file = Files.writeString(folder.resolve("real.json"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);

        JsonFile.write(link, CONTENT);

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void aDeviceIsWrittenToNotReplaced() {
        JsonFile.write(Path.of("/dev/null"), CONTENT);

        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void aMissingDirectoryAndADirectoryAreRefusedInOneLine() {
        assertFailure(folder.resolve("missing/out.json"), "there is no directory " + folder.resolve("missing"));
        assertFailure(folder, "it is a directory; name a file");
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNothingElse() throws Exception {
        try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"))) {
            Path file = Files.writeString(disk.path().resolve("out.json"), "old");

            assertFailure(file, new byte[2 << 20], "the disk is full; free some space");

            assertThat(file).hasContent("old");
            assertThat(entries(disk.path())).containsExactly(file);
        }
    }

    @Test
    void aDirectoryWithoutPermissionIsRefused() throws Exception {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Assumptions.assumeTrue(locked.toFile().setWritable(false));
        Assumptions.assumeFalse(Files.isWritable(locked), "root may write everywhere");

        assertFailure(locked.resolve("out.json"), "permission denied");
    }

    private static void assertFailure(Path file, String why) {
        assertFailure(file, CONTENT, why);
    }

    private static void assertFailure(Path file, byte[] content, String why) {
        assertThatThrownBy(() -> JsonFile.write(file, content))
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessageStartingWith("cannot write " + file + ": " + why);
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
