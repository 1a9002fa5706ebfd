package dev.godwit.benchmarks;

import dev.godwit.hypervisor.sim.ProcessorTime;
import dev.godwit.hypervisor.sim.ProcessorTime.ThreadTime;
import dev.godwit.linux.ProcessPause;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A saturated shop on one processor, which is let go for a while and stopped again, and what it did and used in between: a
 * stopped program's figures stand still, and can be read exactly.
 */
final class Subject implements AutoCloseable {
    /** Processor time for warm-up; half a minute on one processor was seen to be little. */
    private static final long LEAST_WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final long MOST_WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long WARM_SPAN_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Of the processor time of a span, how much the compilers take at most when a shop is warm. */
    private static final double WARM_SHARE = 0.05;

    private static final long START_LIMIT_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** Its customers go on coming until it is ended. */
    private static final String LONGEST_SECONDS = "86400";

    private static final long STOP_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Process process;
    private final Path count;
    private final Thread reader = new Thread(this::read, "reader");
    private final StringBuilder output = new StringBuilder();
    private final Map<Integer, Long> usedBefore = new HashMap<>();
    private final Thread endWithThis;
    private final ProcessPause pause;
    private long countBefore;
    private long runsSinceNanos = System.nanoTime();

    private Subject(Process process, Path count) {
        this.process = process;
        this.count = count;
        this.endWithThis = new Thread(process::destroyForcibly, "end-of-shop");
        Runtime.getRuntime().addShutdownHook(endWithThis);
        this.reader.setDaemon(true);
        this.reader.start();
        // Not by ptrace, which does not work for a child; and the freezer would put each into a cgroup of its own.
        this.pause = ProcessPause.of(process.pid(), ProcessPause.Mechanism.SIGNAL);
    }

    /**
     * Starts one, which runs until it is stopped.
     *
     * @param processor on which it is to run, and nowhere else
     * @param agent the JVM's option that loads the agent; empty for none
     * @param count file in which it is to count its requests
     */
    static Subject start(int processor, String agent, Path count) throws IOException {
        Files.write(count, new byte[Long.BYTES]);
        List<String> flags = new ArrayList<>(List.of(
                "-XX:+AlwaysPreTouch",
                // A compiler's thread that ends takes its processor time along.
                "-XX:-UseDynamicNumberOfCompilerThreads"));
        if (!agent.isEmpty()) {
            flags.add(agent);
        }
        List<String> arguments =
                List.of("--clients", "2", "--saturate", "--seconds", LONGEST_SECONDS, "--count-in", count.toString());
        List<String> command = Programs.onProcessor(processor, "1g", flags, Programs.demo("shop"), arguments);
        return new Subject(new ProcessBuilder(command).redirectErrorStream(true).start(), count);
    }

    /** Waits until its customers come. */
    void awaitCustomers() throws IOException, InterruptedException {
        long until = System.nanoTime() + START_LIMIT_NANOS;
        while (requests() < 1) {
            requireAlive();
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the shop does not answer requests: " + said());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /**
     * Gives the JIT compilers the processor before all else, if the rights are there. Else they share it with the code that
     * they are to replace, and it takes three times as long until all is compiled.
     */
    void preferCompilers() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("renice", "-n", "-19", "-p"));
        for (ThreadTime thread : threads()) {
            if (Work.Kind.of(thread.name()) == Work.Kind.COMPILERS) {
                command.add(Integer.toString(thread.id()));
            }
        }
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /**
     * Waits until it has used some seconds of the processor since its start, and hardly any of what it used last was the
     * JIT compilers'; or until it has used so many that it is not waited for any longer.
     */
    void awaitWarm() throws InterruptedException {
        long[] last = usedByAllAndCompilers();
        for (boolean warm = false; !warm && last[0] < MOST_WARM_UP_NANOS; ) {
            requireAlive();
            TimeUnit.MILLISECONDS.sleep(100);
            long[] now = usedByAllAndCompilers();
            if (now[0] - last[0] >= WARM_SPAN_NANOS) {
                warm = now[0] >= LEAST_WARM_UP_NANOS && now[1] - last[1] < WARM_SHARE * (now[0] - last[0]);
                last = now;
            }
        }
    }

    private long[] usedByAllAndCompilers() {
        long[] used = new long[2];
        for (ThreadTime thread : threads()) {
            used[0] += thread.nanos();
            used[1] += Work.Kind.of(thread.name()) == Work.Kind.COMPILERS ? thread.nanos() : 0;
        }
        return used;
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the shop ended early: " + said());
        }
    }

    /** Stops it; returns what it did since the last stop, or since its start. */
    Work stop() throws IOException {
        long ran = System.nanoTime() - runsSinceNanos;
        pause.pause(STOP_LIMIT_NANOS);
        long requests = requests();
        Map<Work.Kind, Long> used = new EnumMap<>(Work.Kind.class);
        for (ThreadTime thread : threads()) {
            Long before = usedBefore.put(thread.id(), thread.nanos());
            used.merge(Work.Kind.of(thread.name()), thread.nanos() - (before == null ? 0 : before), Long::sum);
        }
        requireAlive();
        Work work = new Work(requests - countBefore, ran, used);
        countBefore = requests;
        return work;
    }

    /** Lets it go on. */
    void proceed() {
        requireAlive();
        runsSinceNanos = System.nanoTime();
        pause.resume();
    }

    private long requests() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(count))
                .order(ByteOrder.nativeOrder())
                .getLong();
    }

    /** Those that ended meanwhile had used little: the threads that matter live as long as the program does. */
    private List<ThreadTime> threads() {
        return ProcessorTime.ofThreads(process.pid(), every -> true);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    if (!line.contains("\"tick\"") && output.length() < 2_000) {
                        output.append(line).append('\n');
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // It was ended; what it lacks then, its count says.
        }
    }

    private String said() {
        synchronized (output) {
            return output.toString();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        pause.close();
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(endWithThis);
        } catch (IllegalStateException endsAnyway) {
            // By an interrupt from the terminal, say.
        }
        Files.deleteIfExists(count);
    }
}
