package dev.godwit.hypervisor.migration.capture;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.page.PageEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Where the streams of migrations go, a file for each technique: {@code pre-copy+hints.stream}. Thread-safe. */
public final class CaptureDirectory {
    /** A guest that is larger is not captured: its stream is at least as large as what it uses. */
    public static final long MAX_GUEST_BYTES = 4L << 30;

    private final Path directory;
    private final String guest;
    private final Queue<Path> written = new ConcurrentLinkedQueue<>();

    /**
     * @param directory made if it is missing
     * @param guest name of the guest, for whoever reads a stream
     * @throws IOException if it cannot be made
     */
    public CaptureDirectory(Path directory, String guest) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.guest = guest;
    }

    /**
     * Begins to capture a migration.
     *
     * @throws UncheckedIOException if its file cannot be made
     */
    public MigrationCapture begin(
            String technique, PageEncoder encoder, VirtualMachine source, VirtualMachine destination) {
        Path file = directory.resolve(technique + ".stream");
        try {
            MigrationCapture capture =
                    new MigrationCapture(new CaptureFile(file, guest, technique, source), encoder, source, destination);
            written.add(file);
            return capture;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write " + file + ": " + failed, failed);
        }
    }

    /** The files, by name. */
    public List<Path> written() {
        return written.stream().sorted().toList();
    }
}
