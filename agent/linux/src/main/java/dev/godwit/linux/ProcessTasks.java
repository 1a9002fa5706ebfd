package dev.godwit.linux;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Threads of a process as {@code /proc} shows them. */
final class ProcessTasks {
    private static final int LIMIT_BYTES = 1 << 16;

    private ProcessTasks() {}

    /** Numbers of the threads there are now; empty if the process has ended. */
    static int[] list(long pid) {
        String[] names = new File("/proc/" + pid + "/task").list();
        if (names == null) {
            return new int[0];
        }
        int[] tids = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            tids[i] = Integer.parseInt(names[i]);
        }
        return tids;
    }

    /**
     * State letter of a thread, such as {@code R}, {@code S}, {@code D}, {@code T} or {@code Z}; a space if it has
     * ended.
     */
    static char state(long pid, int tid) {
        try {
            ProcFile file = new ProcFile("/proc/" + pid + "/task/" + tid + "/stat", LIMIT_BYTES);
            file.read();
            String stat = new String(file.content(), 0, file.length(), StandardCharsets.ISO_8859_1);
            // The name of the thread stands in brackets and may hold anything.
            int behindName = stat.lastIndexOf(')');
            return behindName < 0 || behindName + 2 >= stat.length() ? ' ' : stat.charAt(behindName + 2);
        } catch (IOException ended) {
            return ' ';
        }
    }

    /** True for a thread that is a zombie or gone, which cannot be traced any more. */
    static boolean isEnding(long pid, int tid) {
        char state = state(pid, tid);
        return state == 'Z' || state == 'X' || state == ' ';
    }

    /** Name, state and system call of a thread for a message. */
    static String describe(long pid, int tid) {
        String task = "/proc/" + pid + "/task/" + tid;
        return "name=" + line(task + "/comm") + " state=" + state(pid, tid) + " waits-in=" + line(task + "/wchan");
    }

    private static String line(String path) {
        try {
            return Files.readString(Path.of(path)).trim();
        } catch (IOException unknown) {
            return "?";
        }
    }

    /** Refuses the own process and its children, whose stops the JDK would take for their end. */
    static void requireForeign(long pid) {
        ProcessHandle self = ProcessHandle.current();
        if (pid == self.pid()) {
            throw new IllegalArgumentException("process " + pid + " is the own process and cannot be traced by itself");
        }
        boolean child = ProcessHandle.of(pid)
                .flatMap(ProcessHandle::parent)
                .filter(self::equals)
                .isPresent();
        if (child) {
            throw new IllegalArgumentException("process " + pid
                    + " is a child of this JVM, which would take a stop for its end: let the guardian trace it");
        }
    }
}
