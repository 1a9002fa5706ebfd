package dev.godwit.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A shop at work on one processor, and what it has used of that processor at each of its ticks, as Linux tells in {@code
 * /proc/PID/stat} (of all its threads, in ticks of the clock) and {@code /proc/PID/task/TID/schedstat} (nanoseconds).
 */
final class Subject implements AutoCloseable {
    private static final Pattern TICK =
            Pattern.compile("\"event\":\"tick\",\"second\":(\\d+),\"ops-per-second\":([0-9.]+)");

    /** USER_HZ, which is the same on every Linux of today. */
    private static final long NANOS_OF_CLOCK_TICK = 10_000_000;

    private static final List<String> COMPILERS = List.of("C1 ", "C2 ");

    /** What else the JVM does besides the program, by the names of its threads. */
    private static final List<String> OF_JVM = List.of("G1 ", "GC ", "VM ", "godwit-", "Sweeper");

    /** Of the processor time of the last ticks, how much the compilers take at most when a program is warm. */
    private static final double WARM = 0.02;

    private static final int WARM_TICKS = 4;

    private final Process process;
    private final Thread reader = new Thread(this::read, "reader");
    private final List<Sample> samples = new ArrayList<>();
    private final StringBuilder otherLines = new StringBuilder();
    private boolean ended;

    /**
     * Sums since the first tick, and since the JVM's start.
     *
     * @param nanos when
     * @param requests answered since the first tick
     * @param usedNanos of the processor, by all threads
     * @param programNanos of it by the program's own threads: not those that compile, collect, or are the agent's
     * @param compilerNanos of it by the JIT compilers
     */
    private record Sample(long nanos, double requests, long usedNanos, long programNanos, long compilerNanos) {}

    /**
     * What happened between two ticks.
     *
     * @param requestsPerSecond answered
     * @param usedNanos of the processor for each request, by all threads
     * @param programNanos of it by the program's own threads
     * @param compilerNanos of it by the JIT compilers
     */
    record Window(double requestsPerSecond, double usedNanos, double programNanos, double compilerNanos) {}

    private Subject(Process process) {
        this.process = process;
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one.
     *
     * @param processor on which it is to run, and nowhere else
     * @param flags more of the JVM's
     */
    static Subject start(Path jar, int processor, List<String> flags, int seconds) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "taskset",
                "-c",
                Integer.toString(processor),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseG1GC",
                "-Xms1g",
                "-Xmx1g",
                "-XX:+AlwaysPreTouch",
                // A compiler's thread that ends takes its processor time along.
                "-XX:-UseDynamicNumberOfCompilerThreads"));
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toString(), "--json", "--clients", "2", "--saturate"));
        command.addAll(List.of("--seconds", Integer.toString(seconds)));
        return new Subject(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    long pid() {
        return process.pid();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher tick = TICK.matcher(line);
                if (tick.find()) {
                    take(Double.parseDouble(tick.group(2)));
                } else if (otherLines.length() < 2_000) {
                    otherLines.append(line).append('\n');
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // It was ended; what it lacks then, await says.
        }
        synchronized (samples) {
            ended = true;
            samples.notifyAll();
        }
    }

    private void take(double requestsPerSecond) throws IOException {
        long now = System.nanoTime();
        long used = usedNanos(process.pid());
        long[] byThreads = byThreads(process.pid());
        synchronized (samples) {
            Sample last = samples.isEmpty() ? null : samples.get(samples.size() - 1);
            double more = last == null ? 0 : requestsPerSecond * (now - last.nanos) / 1e9;
            samples.add(new Sample(now, (last == null ? 0 : last.requests) + more, used, byThreads[0], byThreads[1]));
            samples.notifyAll();
        }
    }

    /**
     * Waits for a tick.
     *
     * @throws IllegalStateException if the program ends before
     */
    void await(int tick) throws InterruptedException {
        synchronized (samples) {
            while (samples.size() <= tick && !ended) {
                samples.wait();
            }
            if (samples.size() <= tick) {
                throw new IllegalStateException("the shop ended early: " + otherLines);
            }
        }
    }

    /** What happened between two ticks that were awaited. */
    Window between(int from, int to) {
        synchronized (samples) {
            Sample first = samples.get(from);
            Sample last = samples.get(to);
            double requests = last.requests - first.requests;
            return new Window(
                    requests * 1e9 / (last.nanos - first.nanos),
                    (last.usedNanos - first.usedNanos) / requests,
                    (last.programNanos - first.programNanos) / requests,
                    (last.compilerNanos - first.compilerNanos) / requests);
        }
    }

    /** True if hardly anything was compiled in the last seconds before a tick that was awaited. */
    boolean isWarm(int tick) {
        if (tick < WARM_TICKS) {
            return false;
        }
        Window last = between(tick - WARM_TICKS, tick);
        return last.compilerNanos < WARM * last.usedNanos;
    }

    /** Of all threads, ended ones included. */
    private static long usedNanos(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        // The name, in brackets, may have blanks; utime and stime are fields 14 and 15.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * NANOS_OF_CLOCK_TICK;
    }

    /** By the program's own threads, and by the compilers. */
    private static long[] byThreads(long pid) throws IOException {
        long[] sums = new long[2];
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                add(sums, task);
            }
        }
        return sums;
    }

    private static void add(long[] sums, Path task) throws IOException {
        try {
            String name = Files.readString(task.resolve("comm"));
            long nanos =
                    Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
            if (COMPILERS.stream().anyMatch(name::startsWith)) {
                sums[1] += nanos;
            } else if (OF_JVM.stream().noneMatch(name::startsWith)) {
                sums[0] += nanos;
            }
        } catch (NoSuchFileException ended) {
            // With little used: the program's threads live as long as it does.
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
