package dev.godwit.trace;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory of a trace that is being written: only its owner may read it, because class names, file names and
 * arguments of a program can be confidential.
 */
final class TraceDirectory {
    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<?> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final boolean created;
    private final List<Path> files = new ArrayList<>();

    private TraceDirectory(Path path, boolean created) {
        this.path = path;
        this.created = created;
    }

    /**
     * Creates the directory, or takes an empty one.
     *
     * @throws IOException if it holds something, is no directory, or cannot be made; the message is one line
     */
    static TraceDirectory create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> entries = Files.list(path)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException("cannot record into " + path
                            + ": the directory is not empty; name another one, or remove what it holds");
                }
            }
            Files.setPosixFilePermissions(path, OWNER_DIRECTORY);
            return new TraceDirectory(path, false);
        }
        if (Files.exists(path)) {
            throw new IOException(
                    "cannot record into " + path + ": it is no directory; name another one",
                    new NotDirectoryException(path.toString()));
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        // The mode is given to mkdir itself, so that there is no moment at which others may look in.
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
        return new TraceDirectory(path, true);
    }

    Path path() {
        return path;
    }

    /** Creates an empty file that only its owner may read and write. */
    Path createFile(String name) throws IOException {
        Path file = path.resolve(name);
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel.open(file, Collections.unmodifiableSet(options), OWNER_FILE).close();
        files.add(file);
        return file;
    }

    /** Counts a file as one of the trace that another hand gave its name. */
    void adopt(String name) {
        files.add(path.resolve(name));
    }

    /** Removes what was created, as far as possible: a recording that could not begin leaves nothing behind. */
    void remove() {
        for (Path file : files) {
            tryDelete(file);
        }
        if (created) {
            tryDelete(path);
        }
    }

    private static void tryDelete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The error that made us clean up is the one to report.
        }
    }
}
