package dev.godwit.hypervisor.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a result file whole or not at all: readers never see half of it, and a failure leaves nothing behind. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * Refuses a file that could not be written later, before the work that leads to it is done.
     *
     * @throws CommandFailure if its directory is missing or not writable, or the file is a directory
     */
    public static void check(Path file) {
        Path directory = directoryOf(file);
        if (Files.isDirectory(file)) {
            throw refused(file, "it is a directory; name a file");
        }
        if (!Files.isDirectory(directory)) {
            throw refused(file, "there is no directory " + directory + "; create it, or name a file elsewhere");
        }
        boolean writable = isSpecial(file) ? Files.isWritable(file) : Files.isWritable(directory);
        if (!writable) {
            throw refused(file, "permission denied; name a file where you may write");
        }
    }

    /**
     * Replaces the file with the content.
     *
     * @throws CommandFailure if that failed; the file is then as it was before
     */
    public static void write(Path file, byte[] content) {
        check(file);
        try {
            if (isSpecial(file)) {
                // A pipe or a terminal, such as /dev/stdout, is written to, not replaced.
                Files.write(file, content, StandardOpenOption.WRITE);
            } else {
                replace(Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(), content);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "cannot write " + file + ": " + reason(e), e);
        }
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Path partial = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".partial");
        try {
            try (OutputStream out = Files.newOutputStream(
                    partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC)) {
                out.write(content);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
    }

    private static boolean isSpecial(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    private static Path directoryOf(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        return directory == null ? file : directory;
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied; name a file where you may write";
        }
        if (e instanceof NoSuchFileException) {
            return "its directory is gone; name a file elsewhere";
        }
        String text = String.valueOf(e.getMessage());
        return text.contains("No space left")
                ? "the disk is full; free some space, or name a file elsewhere"
                : text + "; name a file elsewhere";
    }

    private static CommandFailure refused(Path file, String why) {
        return new CommandFailure(ExitCode.FAILED, "cannot write " + file + ": " + why);
    }
}
