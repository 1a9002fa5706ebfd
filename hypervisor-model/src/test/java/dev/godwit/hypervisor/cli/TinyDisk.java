package dev.godwit.hypervisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system in memory with little room. Only root can mount one; without, the test is skipped. */
final class TinyDisk implements AutoCloseable {
    private final Path path;

    private TinyDisk(Path path) {
        this.path = path;
    }

    /** A disk of one mebibyte. */
    static TinyDisk mount(Path path) throws IOException {
        return mount(path, 1);
    }

    static TinyDisk mount(Path path, int mebibytes) throws IOException {
        Files.createDirectories(path);
        int code = run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", path.toString());
        Assumptions.assumeTrue(code == 0, "a small file system cannot be mounted here (not root?)");
        return new TinyDisk(path);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        // Lazy, for a process of a failed test may still hold a file.
        run("umount", "-l", path.toString());
    }

    private static int run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
