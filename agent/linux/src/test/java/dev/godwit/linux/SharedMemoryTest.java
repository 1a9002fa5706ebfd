package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
    private static final long SELF = ProcessHandle.current().pid();

    @TempDir
    Path directory;

    @Test
    void whatOneMappingWritesTheOtherReads() {
        try (SharedMemory made = SharedMemory.create("godwit-test", 3 * 4096 - 1);
                SharedMemory opened = SharedMemory.open(SELF, made.fd())) {
            made.populate(0, made.bytes());
            made.slice(8, 8).putLong(0, 42);

            assertThat(opened.bytes()).isEqualTo(PageSize.roundUp(3 * 4096 - 1)).isEqualTo(made.bytes());
            assertThat(opened.address()).isNotEqualTo(made.address());
            assertThat(opened.slice(0, 16).getLong(8)).isEqualTo(42);
            opened.discard(0, PageSize.bytes());
            assertThat(made.slice(8, 8).getLong(0)).isZero();
        }
    }

    @Test
    void nobodyCanMakeItSmaller() throws IOException {
        try (SharedMemory made = SharedMemory.create("godwit-test", 8192);
                FileOutputStream file = new FileOutputStream(new File("/proc/self/fd/" + made.fd()), true)) {
            assertThatThrownBy(() -> file.getChannel().truncate(0)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aHugeOneCostsNothingUntilItIsWritten() {
        try (SharedMemory made = SharedMemory.create("godwit-test", 1L << 40)) {
            made.slice((1L << 40) - 8, 8).putLong(0, 1);
            assertThat(made.slice(1L << 39, 8).getLong(0)).isZero();
        }
    }

    @Test
    void aFileWhoseSizeIsNotSealedIsRefused() throws IOException {
        Path plain = Files.write(directory.resolve("plain"), new byte[4096]);
        int fd = LibC.open(plain.toString(), 2);
        try {
            assertThatThrownBy(() -> SharedMemory.open(SELF, fd))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("EINVAL");
        } finally {
            LibC.close(fd);
        }
    }
}
