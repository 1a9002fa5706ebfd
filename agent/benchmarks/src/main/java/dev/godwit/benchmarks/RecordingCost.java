package dev.godwit.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the agent costs the {@code orders} workload: operations per second without the agent, with it idle, and while it
 * records, in paired runs.
 *
 * <p>Each round runs every variant once, in an order that rotates from round to round, and compares it with the run
 * without agent of the same round: the machine's drift from round to round cancels out. The first seconds of a run,
 * while the JIT compiler works, are left out.
 *
 * <p>Run from the top of the checkout: {@code java -cp agent/benchmarks/target/benchmarks.jar
 * dev.godwit.benchmarks.RecordingCost [rounds [seconds]]}.
 */
public final class RecordingCost {
    private static final int WARM_UP_SECONDS = 5;
    private static final Pattern TICK =
            Pattern.compile("\"event\":\"tick\",\"second\":(\\d+),\"ops-per-second\":([0-9.]+)");
    private static final Pattern SUMMARY = Pattern.compile("\"event\":\"summary\".*\"longest-pause-ms\":([0-9.]+)");
    private static final Path AGENT = Path.of("agent/javaagent/target/godwit-agent.jar");
    private static final Path ORDERS = Path.of("demo-apps/target/orders.jar");

    private final int rounds;
    private final int seconds;
    private final Path scratch;

    private RecordingCost(int rounds, int seconds, Path scratch) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.scratch = scratch;
    }

    /** One way to run the workload. */
    private enum Variant {
        NO_AGENT("no agent"),
        IDLE("agent idle"),
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
                case IDLE -> "-javaagent:" + AGENT;
                case RECORDING -> "-javaagent:" + AGENT + "=interval=500ms;eden=track;output=" + trace;
                case RECORDING_WITHOUT_EDEN -> "-javaagent:" + AGENT + "=interval=500ms;eden=skip;output=" + trace;
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
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        if (rounds < 1 || seconds <= WARM_UP_SECONDS) {
            throw new IllegalArgumentException("rounds=" + rounds + " seconds=" + seconds + "; at least 1 round and "
                    + (WARM_UP_SECONDS + 1) + " seconds");
        }
        for (Path jar : List.of(AGENT, ORDERS)) {
            if (!Files.isRegularFile(jar)) {
                throw new IllegalStateException(
                        jar + " is missing: run mvn -DskipTests package at the top of the checkout");
            }
        }
        Path scratch = Files.createTempDirectory("godwit-recording-cost");
        try {
            new RecordingCost(rounds, seconds, scratch).measure();
        } finally {
            deleteTree(scratch);
        }
    }

    private void measure() throws IOException, InterruptedException {
        Map<Variant, List<Run>> runs = new EnumMap<>(Variant.class);
        Variant[] variants = Variant.values();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < variants.length; i++) {
                Variant variant = variants[(i + round) % variants.length];
                Run run = run(variant, round);
                runs.computeIfAbsent(variant, key -> new ArrayList<>()).add(run);
                print(
                        "round %d/%d  %-34s %8.0f ops/s  longest pause %6.1f ms",
                        round + 1, rounds, variant.label, run.operationsPerSecond, run.longestPauseMillis);
            }
        }
        table(runs);
    }

    private void table(Map<Variant, List<Run>> runs) {
        List<Run> base = runs.get(Variant.NO_AGENT);
        print(
                "%n%-34s %12s  %s",
                "", "median ops/s", "of the run without agent in the same round: median (min to max)");
        runs.forEach((variant, own) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                ratios.add(100 * own.get(i).operationsPerSecond / base.get(i).operationsPerSecond);
            }
            ratios.sort(Comparator.naturalOrder());
            List<Double> rates =
                    own.stream().map(Run::operationsPerSecond).sorted().toList();
            print(
                    "%-34s %12.0f  %5.1f %% (%.1f to %.1f)",
                    variant.label, median(rates), median(ratios), ratios.get(0), ratios.get(ratios.size() - 1));
        });
    }

    private Run run(Variant variant, int round) throws IOException, InterruptedException {
        Path trace = scratch.resolve(variant.name().toLowerCase(Locale.ROOT) + round);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseG1GC",
                "-Xms2g",
                "-Xmx2g"));
        String agent = variant.agentOption(trace);
        if (!agent.isEmpty()) {
            command.add(agent);
        }
        command.addAll(List.of("-jar", ORDERS.toString(), "--json", "--seconds", Integer.toString(seconds)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader lines = process.inputReader()) {
            Run run = parse(lines);
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("the workload ended badly: " + String.join(" ", command));
            }
            if (variant.agentOption(trace).contains("output=") && !Files.isDirectory(trace)) {
                throw new IllegalStateException("no trace was recorded by " + String.join(" ", command));
            }
            return run;
        } finally {
            process.destroyForcibly();
            deleteTree(trace);
        }
    }

    private static Run parse(BufferedReader lines) throws IOException {
        List<Double> rates = new ArrayList<>();
        double longestPauseMillis = -1;
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
        if (rates.isEmpty() || longestPauseMillis < 0) {
            throw new IllegalStateException("the workload printed no ticks or no summary");
        }
        return new Run(rates.stream().mapToDouble(Double::doubleValue).average().orElseThrow(), longestPauseMillis);
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static void print(String form, Object... values) {
        System.out.println(String.format(Locale.ROOT, form, values));
    }

    private static void deleteTree(Path top) throws IOException {
        if (Files.exists(top)) {
            try (Stream<Path> files = Files.walk(top)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
