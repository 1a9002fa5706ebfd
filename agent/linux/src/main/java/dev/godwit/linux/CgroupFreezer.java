package dev.godwit.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Stops a process by the freezer of cgroup v2 ({@code Documentation/admin-guide/cgroup-v2.rst}, {@code cgroup.freeze}):
 * moves it to a new cgroup below its own, so that limits and accounts stay what they are, and back at the end.
 */
final class CgroupFreezer implements ProcessPause.Stopper {
    private static final String PREFIX = "godwit-pause-";
    private static final long PARK_NANOS = 50_000;
    private static final int REMOVE_ATTEMPTS = 100;

    private final long pid;
    private final Path home;
    private final Path cgroup;
    private boolean open = true;

    private CgroupFreezer(long pid, Path home, Path cgroup) {
        this.pid = pid;
        this.home = home;
        this.cgroup = cgroup;
    }

    static CgroupFreezer of(long pid) {
        try {
            Path home = current(pid);
            if (home.getFileName() != null && home.getFileName().toString().equals(PREFIX + pid)) {
                throw new StopException("process " + pid + " is being paused by somebody else, or was left in " + home);
            }
            CgroupFreezer freezer = new CgroupFreezer(pid, home, home.resolve(PREFIX + pid));
            Files.createDirectory(freezer.cgroup);
            try {
                if (!Files.exists(freezer.cgroup.resolve("cgroup.freeze"))) {
                    throw new IOException("cgroup v2 has no freezer (it needs Linux 5.2)");
                }
                write(freezer.cgroup.resolve("cgroup.procs"), Long.toString(pid));
                return freezer;
            } catch (IOException failure) {
                freezer.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new StopException("process " + pid + " cannot be put into a cgroup of its own", failure);
        }
    }

    /** Why the process cannot be frozen, as far as can be told without trying; null if nothing is in the way. */
    static String obstacle(long pid) {
        try {
            Path procs = current(pid).resolve("cgroup.procs");
            return Files.isWritable(procs) ? null : "no right to write " + procs;
        } catch (IOException failure) {
            return failure.getMessage();
        }
    }

    /** Undoes what a killed JVM left. */
    static void recover(long pid) throws IOException {
        Path cgroup;
        try {
            cgroup = current(pid);
        } catch (IOException noCgroup) {
            return;
        }
        Path home = cgroup.getParent();
        if (home != null && cgroup.getFileName().toString().equals(PREFIX + pid)) {
            write(cgroup.resolve("cgroup.freeze"), "0");
            new CgroupFreezer(pid, home, cgroup).close();
        }
    }

    /** Directory of the process's cgroup in the hierarchy of version 2. */
    private static Path current(long pid) throws IOException {
        // Line of version 2: "0::/path"; mount point from "36 32 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw".
        String path = firstLine("/proc/" + pid + "/cgroup", "0::").substring(3);
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            String[] words = line.split(" ", -1);
            int separator = Arrays.asList(words).indexOf("-");
            if (separator >= 5 && words[separator + 1].equals("cgroup2")) {
                String root = words[3];
                boolean below = root.equals("/") || path.equals(root) || path.startsWith(root + "/");
                if (!path.startsWith("/..") && below) {
                    String inside = root.equals("/") ? path : path.substring(root.length());
                    return Path.of(words[4] + inside).normalize();
                }
            }
        }
        throw new IOException("no mounted cgroup v2 hierarchy shows the cgroup " + path);
    }

    private static String firstLine(String file, String prefix) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(prefix)) {
                return line;
            }
        }
        throw new IOException(file + " has no line " + prefix + " (no cgroup v2)");
    }

    @Override
    public synchronized void stop(long deadlineNanos) {
        try {
            write(cgroup.resolve("cgroup.freeze"), "1");
            while (!isFrozen()) {
                if (!Files.exists(Path.of("/proc/" + pid))) {
                    throw new StopException("process " + pid + " has ended");
                }
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new StopException("process " + pid + " was not frozen in time; of its threads, "
                            + ProcessTasks.describe(pid, Math.toIntExact(pid)) + " is the first");
                }
                LockSupport.parkNanos(PARK_NANOS);
            }
        } catch (IOException failure) {
            throw new StopException("process " + pid + " cannot be frozen", failure);
        }
    }

    /** A cgroup that is empty counts as frozen too. */
    private boolean isFrozen() throws IOException {
        String events = Files.readString(cgroup.resolve("cgroup.events"));
        return events.contains("frozen 1") && events.contains("populated 1");
    }

    @Override
    public synchronized void proceed() {
        try {
            write(cgroup.resolve("cgroup.freeze"), "0");
        } catch (NoSuchFileException gone) {
            // Closed by the shutdown hook.
        } catch (IOException failure) {
            throw new StopException(
                    "process " + pid + " cannot be thawed: write 0 to " + cgroup + "/cgroup.freeze", failure);
        }
    }

    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        proceed();
        try {
            // The kernel leaves nothing else in it: children that the process started meanwhile move, too.
            for (String line : Files.readAllLines(cgroup.resolve("cgroup.procs"))) {
                moveHome(line.trim());
            }
            remove();
        } catch (NoSuchFileException gone) {
            // Nothing left to undo.
        } catch (IOException failure) {
            throw new StopException("process " + pid + " runs, but stays in the cgroup " + cgroup, failure);
        }
    }

    private void moveHome(String member) throws IOException {
        try {
            write(home.resolve("cgroup.procs"), member);
        } catch (IOException failure) {
            if (Files.exists(Path.of("/proc/" + member))) {
                throw failure;
            }
        }
    }

    /** A process that has just ended keeps its cgroup for a moment. */
    private void remove() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.deleteIfExists(cgroup);
                return;
            } catch (IOException busy) {
                if (attempt == REMOVE_ATTEMPTS) {
                    throw busy;
                }
                LockSupport.parkNanos(PARK_NANOS * 20);
            }
        }
    }

    /** One write call, as the kernel takes a whole value per call. */
    private static void write(Path file, String value) throws IOException {
        Files.write(file, value.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    }
}
