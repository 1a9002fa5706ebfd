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
 * dev.godwit.benchmarks.HintCost [launches [warm-up seconds [seconds [agent options]]]]}. Warm-up is told in seconds of the
 * processor for each JVM, the rest in seconds for all three. Two launches go on at the same time if there are two processors:
 * 14 launches of 22 and 36 seconds, what it does unless told, take twelve to thirteen minutes on a quiet machine.
 */
public final class HintCost {
    private static final int LAUNCHES = 14;
    private static final int WARM_UP_SECONDS = 22;
    private static final int SECONDS = 36;

    private final int launches;
    private final int warmUpSeconds;
    private final int seconds;
    private final String agent;
    private final AtomicInteger begun = new AtomicInteger();

    private HintCost(int launches, int warmUpSeconds, int seconds, String agent) {
        this.launches = launches;
        this.warmUpSeconds = warmUpSeconds;
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
        int launches = arguments.length > 0 ? Integer.parseInt(arguments[0]) : LAUNCHES;
        int warmUp = arguments.length > 1 ? Integer.parseInt(arguments[1]) : WARM_UP_SECONDS;
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : SECONDS;
        String options = arguments.length > 3 ? "=" + arguments[3] : "";
        if (launches < 1 || warmUp < 1 || seconds < 1) {
            throw new IllegalArgumentException("launches=" + launches + " warm-up=" + warmUp + " seconds=" + seconds
                    + "; at least 1 launch, 1 second of warm-up, 1 second");
        }
        Programs.requireAgentAnd(Programs.demo("shop"));
        new HintCost(launches, warmUp, seconds, Programs.AGENT_OPTION + options).measure();
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

    private List<Trio> onProcessor(int processor, Path scratch) throws IOException, InterruptedException {
        List<Trio> trios = new ArrayList<>();
        for (int number = begun.incrementAndGet(); number <= launches; number = begun.incrementAndGet()) {
            Trio trio = Trio.measure(processor, agent, warmUpSeconds, seconds, number, scratch);
            trios.add(trio);
            print(
                    "launch %2d/%d on processor %d: no agent against itself %+.2f %%, agent %+.2f %%  (%s; agent: %s)",
                    number,
                    launches,
                    processor,
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
