package dev.godwit.benchmarks;

import dev.godwit.benchmarks.Work.Figure;
import dev.godwit.benchmarks.Work.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * What all that the agent recognises by itself costs the saturated {@code shop}, to about one percent, on a machine that need
 * not be quiet.
 *
 * <p>Two processors of a virtual machine differ, and each changes from second to second; and two launches of the same program
 * differ, since the JIT compiler decides differently. So three JVMs share one processor: two without the agent and one with
 * it. They get warm at the same time, then run by turns, one at a time and the others stopped, in slices of 200 ms; see {@link
 * Trio}. The figure is the processor time for each request, which Linux counts by thread in nanoseconds; on a saturated
 * processor its inverse is the throughput. The compilers' time is left out, since it ends; its share is told.
 *
 * <p>A launch gives one value: the trimmed mean over its blocks of the logarithm of the ratio. The interval is Student's over
 * the launches, so that it holds what differs from launch to launch. The row of the control, the second JVM without the agent
 * against the first, is made in the same way from the same launches: what lies within its interval is noise. How far blocks of
 * one launch lie apart is told beside.
 *
 * <p>Run from the top of the checkout, on Linux: {@code java -cp agent/benchmarks/target/benchmarks.jar
 * dev.godwit.benchmarks.HintCost [minutes [seconds [agent options]]]}. Two launches go on at the same time if there are two
 * processors, as many as fit into so many minutes (13), at least one on each processor; after warm-up, each is measured for so
 * many seconds (24).
 */
public final class HintCost {
    private static final int MINUTES = 13;
    private static final int SECONDS = 24;

    private final long endNanos;
    private final int seconds;
    private final String agent;
    private final AtomicInteger begun = new AtomicInteger();

    private HintCost(long endNanos, int seconds, String agent) {
        this.endNanos = endNanos;
        this.seconds = seconds;
        this.agent = agent;
    }

    /** Prints a line for each launch, then a table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            run(arguments);
        } catch (IllegalArgumentException | IllegalStateException e) {
            System.err.println("hint cost: " + e.getMessage());
            System.exit(2);
        }
    }

    private static void run(String[] arguments) throws IOException, InterruptedException {
        int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : MINUTES;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : SECONDS;
        String options = arguments.length > 2 ? "=" + arguments[2] : "";
        if (minutes < 1 || seconds < 1) {
            throw new IllegalArgumentException(
                    "minutes=" + minutes + " seconds=" + seconds + "; at least 1 minute, 1 second for each launch");
        }
        Programs.requireAgentAnd(Programs.demo("shop"));
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        new HintCost(end, seconds, Programs.AGENT_OPTION + options).measure();
    }

    private void measure() throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("godwit-hint-cost");
        ExecutorService lanes = Executors.newFixedThreadPool(2);
        try {
            List<Future<List<Trio>>> running = new ArrayList<>();
            int processors = Math.min(2, Runtime.getRuntime().availableProcessors());
            for (int i = 0; i < processors; i++) {
                int processor = i;
                running.add(lanes.submit(() -> onProcessor(processor, scratch)));
            }
            List<Trio> trios = new ArrayList<>();
            for (Future<List<Trio>> each : running) {
                trios.addAll(each.get());
            }
            table(trios);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().toString(), e);
        } finally {
            lanes.shutdownNow();
            // Each ends its shops first.
            lanes.awaitTermination(1, TimeUnit.MINUTES);
            Programs.deleteTree(scratch);
        }
    }

    /** Launches until the next one, if it took as long as the longest so far, would not end in time. */
    private List<Trio> onProcessor(int processor, Path scratch) throws IOException, InterruptedException {
        List<Trio> trios = new ArrayList<>();
        long longestNanos = 0;
        while (trios.isEmpty() || System.nanoTime() + longestNanos < endNanos) {
            long begin = System.nanoTime();
            int number = begun.incrementAndGet();
            Trio trio = Trio.measure(processor, agent, seconds, number, scratch);
            longestNanos = Math.max(longestNanos, System.nanoTime() - begin);
            trios.add(trio);
            print(
                    "launch %2d on processor %d, %.0f s: no agent against itself %+.2f %%, agent %+.2f %%  (%s; agent: %s)",
                    number,
                    processor,
                    (System.nanoTime() - begin) / 1e9,
                    100 * Math.expm1(Spread.trimmedMean(trio.control(Figure.ALL))),
                    100 * Math.expm1(Spread.trimmedMean(trio.agent(Figure.ALL))),
                    shown(trio.withoutAgent()),
                    shown(trio.withAgent()));
        }
        return trios;
    }

    private static String shown(Work work) {
        StringBuilder shown = new StringBuilder();
        for (Kind kind : Kind.values()) {
            shown.append(String.format(
                    Locale.ROOT,
                    "%s %.2f, ",
                    kind.name().toLowerCase(Locale.ROOT),
                    work.used(kind) / 1e3 / work.requests()));
        }
        return shown + "us per request";
    }

    private static void table(List<Trio> trios) {
        print(
                "%nChange for each request: mean of %d launches (in 95 of 100 cases the true one lies between); beside it the"
                        + " standard deviation between launches, and what of it the blocks of a launch explain%n",
                trios.size());
        for (Figure figure : Figure.values()) {
            row(figure, "no agent, against itself", trios, Trio::control);
            row(figure, "agent, all automatic hints", trios, Trio::agent);
        }
    }

    private static void row(
            Figure figure, String label, List<Trio> trios, BiFunction<Trio, Figure, List<Double>> logarithms) {
        List<List<Double>> launches =
                trios.stream().map(trio -> logarithms.apply(trio, figure)).toList();
        List<Double> means = launches.stream().map(Spread::trimmedMean).toList();
        print(
                "%-30s %-28s %s  %.2f %%, %.2f %%",
                figure,
                label,
                Spread.ofLogarithms(means),
                100 * Spread.deviation(means),
                100 * Spread.errorWithin(launches));
    }

    private static void print(String form, Object... values) {
        System.out.println(String.format(Locale.ROOT, form, values));
    }
}
