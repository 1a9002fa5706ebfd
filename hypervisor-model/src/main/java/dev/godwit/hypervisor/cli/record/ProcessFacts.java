package dev.godwit.hypervisor.cli.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@code /proc} says about a process.
 *
 * @param pid its id
 * @param uid user that it acts as
 * @param userName name of that user
 * @param command name of its program
 */
record ProcessFacts(long pid, int uid, String userName, String command) {

    /** Reads them; empty if there is no such process. */
    static Optional<ProcessFacts> of(long pid) {
        Path directory = directory(pid);
        try {
            return Optional.of(new ProcessFacts(
                    pid,
                    effectiveUid(directory),
                    Files.getOwner(directory).getName(),
                    Files.readString(directory.resolve("comm")).strip()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** User that this process acts as. */
    static int ownUid() {
        return of(ProcessHandle.current().pid()).map(ProcessFacts::uid).orElse(-1);
    }

    /**
     * True if the process has HotSpot's library loaded. Asking a process to open its attach socket means sending it
     * SIGQUIT, which ends one that is no JVM: this is how that is avoided.
     *
     * @throws IOException if this user may not look
     */
    boolean isJvm() throws IOException {
        try (Stream<String> lines = Files.lines(directory(pid).resolve("maps"))) {
            return lines.anyMatch(line -> line.endsWith("/libjvm.so"));
        }
    }

    private static Path directory(long pid) {
        return Path.of("/proc", String.valueOf(pid));
    }

    /** The second of the four on the line {@code Uid:} is the effective one; see proc(5). */
    private static int effectiveUid(Path directory) throws IOException {
        for (String line : Files.readAllLines(directory.resolve("status"))) {
            if (line.startsWith("Uid:")) {
                return Integer.parseInt(line.split("\\s+", -1)[2]);
            }
        }
        throw new IOException("no Uid in " + directory + "/status");
    }
}
