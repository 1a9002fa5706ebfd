package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The directory that a recording goes to. Knows what was made for it, so that a failure can take exactly that back. */
public final class OutputDirectory {
    /** A trace of nothing is about a mebibyte; less than this is no place to begin. */
    private static final long LEAST_FREE_BYTES = 2 << 20;

    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path path;
    private final Deque<Path> made = new ArrayDeque<>();
    /** What lies in the directory is ours: it was empty when we took it. */
    private boolean taken;

    private OutputDirectory(Path path) {
        this.path = path;
    }

    /** Where a recording of the named program goes when nothing else is asked for. */
    public static Path defaultPath(String program) {
        String name = program.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
        String prefix = (name.isEmpty() ? "program" : name) + "-"
                + LocalDateTime.now(ZoneId.systemDefault()).format(TIMESTAMP);
        Path directory = Path.of("godwit-traces", prefix);
        for (int i = 2; Files.exists(directory); i++) {
            directory = Path.of("godwit-traces", prefix + "-" + i);
        }
        return directory;
    }

    /**
     * Makes the directory, with mode 0700, or takes an empty one.
     *
     * @throws CommandFailure if it is not empty, no directory, not writable, or on a full disk
     */
    public static OutputDirectory claim(Path path) {
        OutputDirectory directory = new OutputDirectory(path);
        try {
            directory.make();
            return directory;
        } catch (IOException e) {
            directory.remove();
            String why = e instanceof AccessDeniedException
                    ? "permission denied"
                    : String.valueOf(e.getMessage()).contains("No space left") ? "the disk is full" : e.toString();
            throw new CommandFailure(
                    ExitCode.RECORDING_FAILED,
                    "cannot record into " + path + ": " + why + "; name another directory with --output",
                    e);
        } catch (CommandFailure e) {
            directory.remove();
            throw e;
        }
    }

    private void make() throws IOException {
        if (Files.exists(path)) {
            if (!Files.isDirectory(path)) {
                throw refused(ExitCode.USAGE, "it is no directory; name another one with --output");
            }
            if (!entries().isEmpty()) {
                throw refused(
                        ExitCode.USAGE,
                        "it is not empty; name another directory with --output, or remove what it holds");
            }
        } else {
            for (Path missing = path.toAbsolutePath().normalize();
                    missing != null && !Files.exists(missing);
                    missing = missing.getParent()) {
                made.addFirst(missing);
            }
            Files.createDirectories(path.toAbsolutePath().normalize().getParent());
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        taken = true;
        if (freeBytes() < LEAST_FREE_BYTES) {
            throw refused(
                    ExitCode.RECORDING_FAILED,
                    "the disk is full, " + freeBytes() + " bytes are free; free some space, or name a directory on"
                            + " another disk with --output");
        }
    }

    /** Gives the directory to the user whose JVM will write into it; only root can. */
    void giveTo(int uid) {
        try {
            Files.setAttribute(path, "unix:uid", uid);
        } catch (IOException | UnsupportedOperationException e) {
            throw new CommandFailure(
                    ExitCode.RECORDING_FAILED,
                    "cannot give " + path + " to user " + uid + ", whose JVM is to write into it: " + e
                            + "; run godwit as that user",
                    e);
        }
    }

    public Path path() {
        return path;
    }

    /** True if so little is free that a recording must have ended for that reason. */
    boolean isDiskFull() {
        try {
            return freeBytes() < LEAST_FREE_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    private long freeBytes() throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    /** Removes the recording, and the directories that were made for it. */
    public void remove() {
        try {
            for (Path entry : taken ? entries() : List.<Path>of()) {
                Files.deleteIfExists(entry);
            }
            while (!made.isEmpty()) {
                Files.deleteIfExists(made.removeLast());
            }
        } catch (IOException e) {
            // Someone else put something there: it stays, and so do the directories that hold it.
        }
    }

    private List<Path> entries() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.toList();
        }
    }

    private CommandFailure refused(ExitCode exitCode, String why) {
        return new CommandFailure(exitCode, "cannot record into " + path + ": " + why);
    }
}
