package dev.godwit.agent.hint;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells whether the collector marks or moves objects beside the application. HotSpot exports no such state; but G1's threads
 * {@code G1 Conc#N} and ZGC's workers do nothing else, and Linux tells what processor time each thread had
 * ({@code /proc/self/task/TID/schedstat}, nanoseconds). Shenandoah's workers also work in pauses, and are not looked at.
 */
final class ConcurrentCycle {
    private static final Path TASKS = Path.of("/proc/self/task");

    /** Less than this between two readings is a thread that woke up, not one that works. */
    private static final long LEAST_NANOS = 100_000;

    private final Set<String> known = new HashSet<>();
    private final Map<String, Long> workers = new HashMap<>();

    /** True if such a thread worked since the last call; the first call tells nothing. */
    boolean ran() {
        String[] tasks = new File(TASKS.toString()).list();
        if (tasks == null) {
            return false;
        }
        Set<String> alive = Set.of(tasks);
        known.retainAll(alive);
        workers.keySet().retainAll(alive);
        for (String task : tasks) {
            if (known.add(task) && isWorker(task)) {
                workers.put(task, processorNanos(task));
            }
        }
        boolean ran = false;
        for (Map.Entry<String, Long> worker : workers.entrySet()) {
            long now = processorNanos(worker.getKey());
            ran |= now - worker.getValue() >= LEAST_NANOS;
            worker.setValue(now);
        }
        return ran;
    }

    private static boolean isWorker(String task) {
        String name = read(task, "comm");
        return name.startsWith("G1 Conc#") || name.startsWith("ZWorker");
    }

    private static long processorNanos(String task) {
        String text = read(task, "schedstat");
        int end = text.indexOf(' ');
        try {
            return end < 0 ? 0 : Long.parseLong(text.substring(0, end));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String read(String task, String file) {
        try {
            return new String(Files.readAllBytes(TASKS.resolve(task).resolve(file)), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // The thread has ended.
        }
    }
}
