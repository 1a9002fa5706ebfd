package dev.godwit.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the agent costs a workload, {@code orders} or {@code shop}: operations per second with it idle, with what it
 * recognises by itself, and while it records, against those without it.
 *
 * <p>Two runs are only comparable if the machine is the same for both, and a busy or virtual one changes from second to
 * second. So both run at the same time, each on a processor of its own, and then again with the processors exchanged;
 * the geometric mean of the two ratios leaves out what the processors differ by. A pair without agent on both sides
 * shows how far two equal runs are apart: what lies within that is noise. The first seconds, while the JIT compiler
 * works, are left out. The agent's own thread shares the one processor of its JVM: on a larger machine it costs less.
 *
 * <p>Run from the top of the checkout, on Linux with at least two processors: {@code java -cp
 * agent/benchmarks/target/benchmarks.jar dev.godwit.benchmarks.RecordingCost [rounds [seconds [orders|shop]]]}.
 */
public final class RecordingCost {
    private static final int WARM_UP_SECONDS = 10;
    private static final Pattern TICK =
            Pattern.compile("\"event\":\"tick\",\"second\":(\\d+),\"ops-per-second\":([0-9.]+)");
    private static final Pattern SUMMARY = Pattern.compile("\"event\":\"summary\".*\"longest-pause-ms\":([0-9.]+)");

    private final Workload workload;
    private final int rounds;
    private final int seconds;
    private final Path scratch;

    private RecordingCost(Workload workload, int rounds, int seconds, Path scratch) {
        this.workload = workload;
        this.rounds = rounds;
        this.seconds = seconds;
        this.scratch = scratch;
    }

    /** A program that is run as fast as it can. */
    private enum Workload {
        /** Transactions, and hints of its own. */
        ORDERS(
                List.of(Variant.NO_AGENT, Variant.IDLE, Variant.RECORDING, Variant.RECORDING_WITHOUT_EDEN),
                List.of("--clients", "2")),
        /** Requests and transactions that the agent recognises. */
        SHOP(
                List.of(Variant.NO_AGENT, Variant.NOTHING_RECOGNISED, Variant.IDLE, Variant.RECORDING_WITHOUT_EDEN),
                List.of("--clients", "2", "--saturate"));

        private final List<Variant> variants;
        private final List<String> arguments;

        Workload(List<Variant> variants, List<String> arguments) {
            this.variants = variants;
            this.arguments = arguments;
        }

        private Path jar() {
            return Programs.demo(name());
        }
    }

    /** One way to run the workload. */
    private enum Variant {
        NO_AGENT("no agent, against itself"),
        NOTHING_RECOGNISED("agent idle, nothing recognised"),
        IDLE("agent idle, all recognised"),
        RECORDING("recording, 500 ms"),
        RECORDING_WITHOUT_EDEN("recording, 500 ms, Eden left out");

        private final String label;

        Variant(String label) {
            this.label = label;
        }

        /** The JVM option that loads the agent, empty for none. */
        private String agentOption(Path trace) {
            return switch (this) {
                case NO_AGENT -> "";
                case NOTHING_RECOGNISED ->
                    Programs.AGENT_OPTION
                            + "=jdbc-hints=off;servlet-hints=off;http-server-hints=off;executor-hints=off";
                case IDLE -> Programs.AGENT_OPTION;
                case RECORDING -> Programs.AGENT_OPTION + "=interval=500ms;eden=track;output=" + trace;
                case RECORDING_WITHOUT_EDEN -> Programs.AGENT_OPTION + "=interval=500ms;eden=skip;output=" + trace;
            };
        }
    }

    /**
     * One run of the workload.
     *
     * @param operationsPerSecond mean over the seconds after warm-up
     * @param longestPauseMillis longest pause that the workload saw
     */
    private record Run(double operationsPerSecond, double longestPauseMillis) {}

    /** Prints one line per run, then a table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            run(arguments);
        } catch (IllegalArgumentException | IllegalStateException e) {
            System.err.println("recording cost: " + e.getMessage());
            System.exit(2);
        }
    }

    private static void run(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30;
        Workload workload = arguments.length > 2 ? workload(arguments[2]) : Workload.ORDERS;
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new IllegalStateException("one processor only: two are needed, for two runs at the same time");
        }
        if (rounds < 1 || seconds <= WARM_UP_SECONDS) {
            throw new IllegalArgumentException("rounds=" + rounds + " seconds=" + seconds + "; at least 1 round and "
                    + (WARM_UP_SECONDS + 1) + " seconds");
        }
        Programs.requireAgentAnd(workload.jar());
        Path scratch = Files.createTempDirectory("godwit-recording-cost");
        try {
            new RecordingCost(workload, rounds, seconds, scratch).measure();
        } finally {
            Programs.deleteTree(scratch);
        }
    }

    private static Workload workload(String name) {
        for (Workload workload : Workload.values()) {
            if (workload.name().toLowerCase(Locale.ROOT).equals(name)) {
                return workload;
            }
        }
        throw new IllegalArgumentException("workload \"" + name + "\" is not known: give orders or shop");
    }

    private void measure() throws IOException, InterruptedException {
        Map<Variant, List<Pair>> pairs = new EnumMap<>(Variant.class);
        for (int round = 0; round < rounds; round++) {
            for (Variant variant : workload.variants) {
                Pair pair = new Pair(beside(variant, 0), beside(variant, 1));
                pairs.computeIfAbsent(variant, key -> new ArrayList<>()).add(pair);
                print(
                        "round %d/%d  %-34s %6.1f %%  (%s; exchanged: %s)",
                        round + 1, rounds, variant.label, pair.percent(), pair.first, pair.exchanged);
            }
        }
        table(pairs);
    }

    /** A variant and a run without agent at the same time. */
    private record SideBySide(Run without, Run with) {
        double ratio() {
            return with.operationsPerSecond / without.operationsPerSecond;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%.0f of %.0f ops/s", with.operationsPerSecond, without.operationsPerSecond);
        }
    }

    /** The same on both ways to share out two processors. */
    private record Pair(SideBySide first, SideBySide exchanged) {
        double percent() {
            return 100 * Math.sqrt(first.ratio() * exchanged.ratio());
        }
    }

    private void table(Map<Variant, List<Pair>> pairs) {
        print(
                "%n%-34s %-44s  %s",
                "", "of the operations per second without agent", "longest pause, without and with: median");
        pairs.forEach((variant, own) -> {
            List<Double> percent = own.stream().map(Pair::percent).sorted().toList();
            print(
                    "%-34s %5.1f %% (%.1f to %.1f, %d pairs)%13s  %.0f and %.0f ms",
                    variant.label,
                    Spread.median(percent),
                    percent.get(0),
                    percent.get(percent.size() - 1),
                    percent.size(),
                    "",
                    medianPause(own, SideBySide::without),
                    medianPause(own, SideBySide::with));
        });
    }

    private static double medianPause(List<Pair> pairs, Function<SideBySide, Run> side) {
        return Spread.median(pairs.stream()
                .flatMap(pair -> Stream.of(pair.first, pair.exchanged))
                .map(both -> side.apply(both).longestPauseMillis)
                .toList());
    }

    private SideBySide beside(Variant variant, int processor) throws IOException, InterruptedException {
        Path trace = scratch.resolve(variant.name().toLowerCase(Locale.ROOT));
        Process without = start(Variant.NO_AGENT, trace, 1 - processor);
        Process with = start(variant, trace, processor);
        try {
            CompletableFuture<Run> running = CompletableFuture.supplyAsync(() -> parse(without));
            Run run = parse(with);
            SideBySide both = new SideBySide(running.join(), run);
            if (variant.agentOption(trace).contains("output=") && !Files.isDirectory(trace)) {
                throw new IllegalStateException("no trace was recorded: " + variant.label);
            }
            return both;
        } finally {
            without.destroyForcibly().waitFor();
            with.destroyForcibly().waitFor();
            Programs.deleteTree(trace);
        }
    }

    private Process start(Variant variant, Path trace, int processor) throws IOException {
        String agent = variant.agentOption(trace);
        List<String> arguments = new ArrayList<>(List.of("--seconds", Integer.toString(seconds)));
        arguments.addAll(workload.arguments);
        List<String> command = Programs.onProcessor(
                processor, "2g", agent.isEmpty() ? List.of() : List.of(agent), workload.jar(), arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** Reads what a run prints until it ends. */
    private static Run parse(Process process) {
        List<Double> rates = new ArrayList<>();
        double longestPauseMillis = -1;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher tick = TICK.matcher(line);
                if (tick.find() && Integer.parseInt(tick.group(1)) > WARM_UP_SECONDS) {
                    rates.add(Double.parseDouble(tick.group(2)));
                }
                Matcher summary = SUMMARY.matcher(line);
                if (summary.find()) {
                    longestPauseMillis = Double.parseDouble(summary.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (rates.isEmpty() || longestPauseMillis < 0) {
            throw new IllegalStateException("the workload printed no ticks or no summary");
        }
        return new Run(rates.stream().mapToDouble(Double::doubleValue).average().orElseThrow(), longestPauseMillis);
    }

    private static void print(String form, Object... values) {
        System.out.println(String.format(Locale.ROOT, form, values));
    }
}
