package dev.godwit.hypervisor.sim;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Processor time of threads and processes, for what is measured in real time. A replay never asks it. */
public final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** The kernel keeps so many characters of a thread's name. */
    private static final int NAME_CHARACTERS = 15;

    private ProcessorTime() {}

    /** Nanoseconds that the calling thread has had a processor. */
    public static long ofThisThreadNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** Nanoseconds that a process has had processors, all its threads, to the kernel's tick of 10 ms; 0 if it is gone. */
    public static long ofProcessNanos(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElse(0L);
    }

    /**
     * Nanoseconds that threads of a process have had a processor whose names begin so: of those that live now. 0 if there are none,
     * or the kernel does not say.
     */
    public static long ofThreadsNanos(long pid, String namePrefix) {
        String prefix = namePrefix.substring(0, Math.min(namePrefix.length(), NAME_CHARACTERS));
        return ofThreads(pid, name -> name.startsWith(prefix)).stream()
                .mapToLong(ThreadTime::nanos)
                .sum();
    }

    /**
     * A thread of a process.
     *
     * @param id by which the kernel knows it
     * @param name of which the kernel keeps the first 15 characters
     * @param nanos that it has had a processor
     * @param waitedNanos that it could have run, but had to wait for one
     */
    public record ThreadTime(int id, String name, long nanos, long waitedNanos) {}

    /** Threads of a process, by their names: those that live now, and of which the kernel says what they have had. */
    public static List<ThreadTime> ofThreads(long pid, Predicate<String> names) {
        List<ThreadTime> times = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                ofThread(thread, names).ifPresent(times::add);
            }
        } catch (IOException | DirectoryIteratorException gone) {
            // It has no other threads any more.
        }
        return times;
    }

    /** First two figures of {@code schedstat}: Documentation/scheduler/sched-stats.rst of the kernel. */
    private static Optional<ThreadTime> ofThread(Path thread, Predicate<String> names) {
        try {
            String name = Files.readString(thread.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .strip();
            if (!names.test(name)) {
                return Optional.empty();
            }
            String[] figures = Files.readString(thread.resolve("schedstat"), StandardCharsets.ISO_8859_1)
                    .strip()
                    .split(" ", -1);
            return Optional.of(new ThreadTime(
                    Integer.parseInt(thread.getFileName().toString()),
                    name,
                    Long.parseLong(figures[0]),
                    Long.parseLong(figures[1])));
        } catch (IOException | RuntimeException ended) {
            return Optional.empty();
        }
    }
}
