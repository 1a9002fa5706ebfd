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
 * program differ by percents, since the JIT compiler decides differently: there are several launches, and the spread
 * is told. On one processor compiling takes long, and what the agent does in the first seconds puts it off: what
 * counts begins when the compilers take less than two percent in both JVMs. With {@code attached} each JVM is
 * compared with itself too: after warm-up and before the agent is attached, and when all is compiled again after
 * that; what the other JVM, which gets none, changes by in the same time is taken off. The rows that say "no agent"
 * do the same with two JVMs of which neither has the agent: what lies within their interval is noise.
 *
 * <p>Run from the top of the checkout, on Linux with at least two processors: {@code java -cp
 * agent/benchmarks/target/benchmarks.jar dev.godwit.benchmarks.HintCost [launches [seconds [warm-up seconds
 * [start|attached|both]]]]}.
 */
public final class HintCost {
    /** How many times the warm-up that is asked for it may take until hardly anything is compiled any more. */
    private static final int MOST_WARM_UPS = 2;

    private static final Path AGENT = Path.of("agent/javaagent/target/godwit-agent.jar");
    private static final Path SHOP = Path.of("demo-apps/target/shop.jar");

    private final int launches;
    private final int seconds;
    private final int warmUpSeconds;
    private final List<Side> sides;

    private HintCost(int launches, int seconds, int warmUpSeconds, List<Side> sides) {
        this.launches = launches;
        this.seconds = seconds;
        this.warmUpSeconds = warmUpSeconds;
        this.sides = sides;
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
        int warmUp = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 20;
        List<Side> sides = sides(arguments.length > 3 ? arguments[3] : "start");
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
        new HintCost(launches, seconds, warmUp, sides).measure();
    }

    private static List<Side> sides(String name) {
        return switch (name) {
            case "start" -> List.of(Side.NO_AGENT, Side.FROM_THE_START);
            case "attached" -> List.of(Side.NO_AGENT, Side.ATTACHED);
            case "both" -> List.of(Side.values());
            default -> throw new IllegalArgumentException(name + " is not known: give start, attached or both");
        };
    }

    private void measure() throws IOException, InterruptedException {
        Map<Side, List<Pair>> pairs = new EnumMap<>(Side.class);
        for (int launch = 0; launch < launches; launch++) {
            for (Side side : sides) {
                Pair pair = launch(side, launch % 2);
                pairs.computeIfAbsent(side, key -> new ArrayList<>()).add(pair);
                print("launch %d/%d  %-23s  %s", launch + 1, launches, side.label, shown(pair));
            }
        }
        print(
                "%nChange against no agent: mean of %d launches (in 95 of 100 cases the true one lies between)%n%n"
                        + "%-48s %-30s %-30s %s",
                launches, "", "processor time per request", "of it the program's threads", "requests per second");
        row("no agent, beside another JVM", pairs.get(Side.NO_AGENT), false);
        if (sides.contains(Side.FROM_THE_START)) {
            row("agent from the start, beside another JVM", pairs.get(Side.FROM_THE_START), false);
        }
        if (sides.contains(Side.ATTACHED)) {
            row("no agent, against itself before", pairs.get(Side.NO_AGENT), true);
            row("agent attached between, against itself before", pairs.get(Side.ATTACHED), true);
        }
    }

    private String shown(Pair pair) {
        String before = shown(pair.with.before) + "; beside it without: " + shown(pair.without.before);
        return sides.contains(Side.ATTACHED)
                ? before + "; afterwards " + shown(pair.with.after) + ", " + shown(pair.without.after)
                : before;
    }

    private static String shown(Window window) {
        return String.format(
                Locale.ROOT,
                "%.1f us (program %.1f, compilers %.1f) at %.0f/s",
                window.usedNanos() / 1e3,
                window.programNanos() / 1e3,
                window.compilerNanos() / 1e3,
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
        List<String> flags = new ArrayList<>();
        if (Runtime.version().feature() >= 21) {
            flags.add("-XX:+EnableDynamicAgentLoading");
        }
        int longest = 2 * (MOST_WARM_UPS * warmUpSeconds + seconds);
        try (Subject without = Subject.start(SHOP, 1 - processor, flags, longest + 60);
                Subject with = Subject.start(SHOP, processor, flags(side, flags), longest + 60)) {
            int warm = awaitWarm(without, with, warmUpSeconds);
            int attachAt = awaitBoth(without, with, warm + seconds);
            Window[] before = {without.between(warm, attachAt), with.between(warm, attachAt)};
            if (!sides.contains(Side.ATTACHED)) {
                return new Pair(new Life(before[0], before[0]), new Life(before[1], before[1]));
            }
            if (side == Side.ATTACHED) {
                attach(with.pid());
            }
            // Attaching makes HotSpot compile everything anew.
            int settled = awaitWarm(without, with, attachAt + warmUpSeconds);
            int end = awaitBoth(without, with, settled + seconds);
            return new Pair(
                    new Life(before[0], without.between(settled, end)),
                    new Life(before[1], with.between(settled, end)));
        }
    }

    /** Waits until hardly anything is compiled any more in either; returns the tick. */
    private int awaitWarm(Subject one, Subject other, int firstTick) throws InterruptedException {
        int last = firstTick + (MOST_WARM_UPS - 1) * warmUpSeconds;
        int tick = awaitBoth(one, other, firstTick);
        while (tick < last && !(one.isWarm(tick) && other.isWarm(tick))) {
            tick = awaitBoth(one, other, tick + 1);
        }
        return tick;
    }

    private static int awaitBoth(Subject one, Subject other, int tick) throws InterruptedException {
        one.await(tick);
        other.await(tick);
        return tick;
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
