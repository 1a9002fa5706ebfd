package dev.godwit.benchmarks;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.godwit.benchmarks.Subject.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What all that the agent recognises by itself costs the saturated {@code shop}, to about one percent.
 *
 * <p>Two JVMs run at the same time, each on a processor of its own, and each pair of launches with the processors
 * exchanged. Operations per second depend on what else the machine does; the processor time for each request hardly
 * does, and on a saturated processor one is the inverse of the other: both are printed. Two launches of the same
 * program differ by percents, since the JIT compiler decides differently; so besides comparing two JVMs, one without the
 * agent and one that had it from the start, each JVM is compared with itself: after warm-up and before the agent is
 * attached, and some time after that. What the other JVM, which gets none, changes by in the same time is taken off. The
 * rows that say "no agent" do the same with two JVMs of which neither has the agent: what lies within their interval is
 * noise.
 *
 * <p>Run from the top of the checkout, on Linux with at least two processors: {@code java -cp
 * agent/benchmarks/target/benchmarks.jar dev.godwit.benchmarks.HintCost [launches [seconds [warm-up seconds]]]}.
 */
public final class HintCost {
    /** For classes to be changed and compiled anew. */
    private static final int SETTLING_SECONDS = 8;

    private static final Path AGENT = Path.of("agent/javaagent/target/godwit-agent.jar");
    private static final Path SHOP = Path.of("demo-apps/target/shop.jar");

    private final int launches;
    private final int seconds;
    private final int warmUpSeconds;

    private HintCost(int launches, int seconds, int warmUpSeconds) {
        this.launches = launches;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
    }

    /** How the JVM on one side differs from that on the other, which has no agent. */
    private enum Side {
        NO_AGENT("no agent"),
        FROM_THE_START("agent from the start"),
        ATTACHED("agent attached between");

        private final String label;

        Side(String label) {
            this.label = label;
        }
    }

    /**
     * One JVM.
     *
     * @param before after warm-up
     * @param after when what was attached has settled
     */
    private record Life(Window before, Window after) {
        double logarithm(ToDoubleFunction<Window> figure) {
            return Math.log(figure.applyAsDouble(before) * figure.applyAsDouble(after)) / 2;
        }

        double change(ToDoubleFunction<Window> figure) {
            return Math.log(figure.applyAsDouble(after) / figure.applyAsDouble(before));
        }
    }

    private record Pair(Life without, Life with) {
        /** Logarithm of the ratio. */
        double beside(ToDoubleFunction<Window> figure) {
            return with.logarithm(figure) - without.logarithm(figure);
        }

        /** The difference of the two logarithms of changes. */
        double changed(ToDoubleFunction<Window> figure) {
            return with.change(figure) - without.change(figure);
        }
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
        int launches = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 6;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
        int warmUp = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 15;
        if (launches < 1 || seconds < 2 || warmUp < 1) {
            throw new IllegalArgumentException("launches=" + launches + " seconds=" + seconds + " warm-up=" + warmUp
                    + "; at least 1 launch, 2 seconds, 1 second of warm-up");
        }
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IllegalStateException("one processor only: two are needed, for two JVMs at the same time");
        }
        for (Path jar : List.of(AGENT, SHOP)) {
            if (!Files.isRegularFile(jar)) {
                throw new IllegalStateException(
                        jar + " is missing: run mvn -DskipTests package at the top of the checkout");
            }
        }
        new HintCost(launches, seconds, warmUp).measure();
    }

    private void measure() throws IOException, InterruptedException {
        Map<Side, List<Pair>> pairs = new EnumMap<>(Side.class);
        for (int launch = 0; launch < launches; launch++) {
            for (Side side : Side.values()) {
                Pair pair = launch(side, launch % 2);
                pairs.computeIfAbsent(side, key -> new ArrayList<>()).add(pair);
                print(
                        "launch %d/%d  %-23s  %s before, %s after; beside it without: %s, %s",
                        launch + 1,
                        launches,
                        side.label,
                        shown(pair.with.before),
                        shown(pair.with.after),
                        shown(pair.without.before),
                        shown(pair.without.after));
            }
        }
        print(
                "%nChange against no agent: mean of %d launches (in 95 of 100 cases the true one lies between)%n%n"
                        + "%-48s %-30s %-30s %s",
                launches, "", "processor time per request", "of it the program's threads", "requests per second");
        row("no agent, beside another JVM", pairs.get(Side.NO_AGENT), false);
        row("agent from the start, beside another JVM", pairs.get(Side.FROM_THE_START), false);
        row("no agent, against itself before", pairs.get(Side.NO_AGENT), true);
        row("agent attached between, against itself before", pairs.get(Side.ATTACHED), true);
    }

    private static String shown(Window window) {
        return String.format(
                Locale.ROOT,
                "%.1f us (program %.1f) at %.0f/s",
                window.usedNanos() / 1e3,
                window.programNanos() / 1e3,
                window.requestsPerSecond());
    }

    private static void row(String label, List<Pair> pairs, boolean againstItself) {
        List<ToDoubleFunction<Window>> figures =
                List.of(Window::usedNanos, Window::programNanos, Window::requestsPerSecond);
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-48s", label));
        for (ToDoubleFunction<Window> figure : figures) {
            Spread spread = Spread.ofLogarithms(pairs.stream()
                    .map(pair -> againstItself ? pair.changed(figure) : pair.beside(figure))
                    .toList());
            row.append(String.format(Locale.ROOT, " %-30s", spread));
        }
        System.out.println(row);
    }

    private Pair launch(Side side, int processor) throws IOException, InterruptedException {
        int attachAt = warmUpSeconds + seconds;
        int settledAt = attachAt + SETTLING_SECONDS;
        int end = settledAt + seconds;
        List<String> flags = new ArrayList<>();
        if (Runtime.version().feature() >= 21) {
            flags.add("-XX:+EnableDynamicAgentLoading");
        }
        try (Subject without = Subject.start(SHOP, 1 - processor, flags, end + 60);
                Subject with = Subject.start(SHOP, processor, flags(side, flags), end + 60)) {
            without.await(attachAt);
            with.await(attachAt);
            if (side == Side.ATTACHED) {
                attach(with.pid());
            }
            without.await(end);
            with.await(end);
            return new Pair(life(without, attachAt, settledAt, end), life(with, attachAt, settledAt, end));
        }
    }

    private Life life(Subject subject, int attachAt, int settledAt, int end) {
        return new Life(subject.between(warmUpSeconds, attachAt), subject.between(settledAt, end));
    }

    private static List<String> flags(Side side, List<String> flags) {
        List<String> all = new ArrayList<>(flags);
        if (side == Side.FROM_THE_START) {
            all.add("-javaagent:" + AGENT);
        }
        return all;
    }

    private static void attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                machine.loadAgent(AGENT.toAbsolutePath().toString());
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IllegalStateException("cannot attach to process " + pid + ": " + e, e);
        }
    }

    private static void print(String form, Object... values) {
        System.out.println(String.format(Locale.ROOT, form, values));
    }
}
