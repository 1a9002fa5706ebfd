package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.linux.NativeAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredFilesTest {
    private static final int PAGE = 4096;
    private static final int MOST = 6;

    @TempDir
    private Path directory;

    private final byte[] content = new byte[5 * PAGE + 10];
    private Path allowed;
    private Path file;
    private StoredFiles files;

    @BeforeEach
    void write() throws IOException {
        NativeAccess.initialise();
        new Random(1).nextBytes(content);
        allowed = Files.createDirectory(directory.resolve("allowed"));
        file = Files.write(allowed.resolve("segment"), content);
        files = new StoredFiles(List.of(allowed), PAGE, MOST);
    }

    @AfterEach
    void close() {
        files.close();
    }

    @Test
    void pagesAreReadFromTheOffsetOnAndKeptAsTheyWere() throws IOException {
        long[] hashes = files.read(file.toString(), 10, 100, 5);
        Files.write(file, new byte[content.length]);

        assertThat(hashes).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(hashes[i]).isEqualTo(new PageHash().of(content, 10 + i * PAGE, PAGE));
            assertThat(files.page(100 + i)).isEqualTo(ByteBuffer.wrap(content, 10 + i * PAGE, PAGE));
        }
        assertThatThrownBy(() -> files.page(99)).hasMessageContaining("never read from a file");
        assertThatThrownBy(() -> files.page(105)).hasMessageContaining("never read from a file");
    }

    @Test
    void whatIsNotBelowAnAllowedDirectoryIsNotReadByWhateverName() throws IOException {
        Path outside = Files.write(directory.resolve("outside"), content);
        Path link = Files.createSymbolicLink(allowed.resolve("link"), outside);

        for (String path :
                List.of(outside.toString(), link.toString(), allowed + "/../outside", "/proc/self/environ")) {
            assertThat(files.read(path, 0, 100, 1)).as(path).isEmpty();
        }
        assertThat(files.areAllowed()).isTrue();
        try (StoredFiles none = new StoredFiles(List.of(), PAGE, MOST)) {
            assertThat(none.areAllowed()).isFalse();
            assertThat(none.read(file.toString(), 0, 100, 1)).isEmpty();
        }
    }

    @Test
    void whatIsNoFileOrTooShortOrTooMuchIsNotRead() {
        assertThat(files.read(allowed.toString(), 0, 100, 1)).isEmpty();
        assertThat(files.read(allowed.resolve("missing").toString(), 0, 100, 1)).isEmpty();
        assertThat(files.read("a\0b", 0, 100, 1)).isEmpty();
        assertThat(files.read(file.toString(), 11, 100, 5)).isEmpty();
        assertThat(files.read(file.toString(), Long.MAX_VALUE, 100, 1)).isEmpty();
        assertThat(files.read(file.toString(), 0, 100, 4)).hasSize(4);
        assertThat(files.read(file.toString(), 0, 103, 1)).as("read already").isEmpty();
        assertThat(files.read(file.toString(), 0, 200, 3)).as("no room").isEmpty();
        assertThat(files.read(file.toString(), 0, 200, 2)).hasSize(2);
    }
}
