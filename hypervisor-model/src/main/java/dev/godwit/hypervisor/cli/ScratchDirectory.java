package dev.godwit.hypervisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory for files that nobody wants afterwards; gone when it is closed, and also when the user interrupts. */
final class ScratchDirectory implements AutoCloseable {
    private final Path path;
    private final Thread hook = new Thread(this::delete, "scratch-directory");

    private ScratchDirectory(Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Creates one, for the owner only, below the system's directory for temporary files. */
    static ScratchDirectory create(String prefix) {
        try {
            return new ScratchDirectory(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "cannot create a directory for temporary files: " + e + "; free space or set -Djava.io.tmpdir",
                    e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running or has run: nothing is left to do.
        }
    }

    private void delete() {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            return; // Gone already.
        }
        for (Path file : files) {
            // A file that its program deletes at this moment is gone either way.
            var unused = file.toFile().delete();
        }
    }
}
