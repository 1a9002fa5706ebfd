package dev.godwit.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the agent adds to the start of a program that does nothing: how much later it ends, and how much processor time is
 * used until the agent has done what it was started for, on threads of its own. Launches take turns, so that what else
 * the machine does falls on all alike; medians are printed.
 *
 * <p>Run from the top of the checkout, on Linux: {@code java -cp agent/benchmarks/target/benchmarks.jar
 * dev.godwit.benchmarks.StartUpCost [launches]}.
 */
public final class StartUpCost {
    private StartUpCost() {}

    /** One way to start. */
    private enum Variant {
        NO_AGENT("no agent", ""),
        NEITHER("idle, jfr=off;jmx=off", "jfr=off;jmx=off"),
        JFR("idle, jfr=on;jmx=off", "jfr=on;jmx=off"),
        DEFAULT("idle, jfr=on;jmx=auto (as it comes)", "verbose=false"),
        JMX("idle, jfr=on;jmx=on", "jmx=on"),
        RECORDING_NEITHER("recording, jfr=off;jmx=off", "output=TRACE;jfr=off;jmx=off"),
        RECORDING_DEFAULT("recording, jfr=on;jmx=auto (as it comes)", "output=TRACE"),
        RECORDING_JMX("recording, jfr=on;jmx=on", "output=TRACE;jmx=on");

        private final String label;
        private final String options;

        Variant(String label, String options) {
            this.label = label;
            this.options = options;
        }
    }

    /** The program: ends at once, or when the agent is ready, and then says what was used until then. */
    public static final class Nothing {
        private Nothing() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws IOException, InterruptedException {
            if (arguments.length > 0) {
                while (!System.getProperty("godwit.agent.status", "").startsWith(arguments[0])) {
                    Thread.sleep(5);
                }
                // What goes on in the first moments behind that belongs to it.
                Thread.sleep(150);
                String stat = Files.readString(Path.of("/proc/self/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                System.out.println(10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])));
            }
        }
    }

    /** Prints a table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int launches = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        try {
            Programs.requireAgentAnd();
        } catch (IllegalStateException e) {
            System.err.println("start-up cost: " + e.getMessage());
            System.exit(2);
        }
        if (launches < 1) {
            System.err.println("start-up cost: launches=" + launches + "; give at least 1");
            System.exit(2);
        }
        Path scratch = Files.createTempDirectory("godwit-start-up-cost");
        try {
            measure(launches, scratch);
        } finally {
            Programs.deleteTree(scratch);
        }
    }

    private static void measure(int launches, Path scratch) throws IOException, InterruptedException {
        Map<Variant, List<Double>> ends = new EnumMap<>(Variant.class);
        Map<Variant, List<Double>> used = new EnumMap<>(Variant.class);
        int trace = 0;
        // One launch of each that is not counted: the files are in the page cache then.
        for (int launch = -1; launch < launches; launch++) {
            for (Variant variant : Variant.values()) {
                long start = System.nanoTime();
                run(variant, scratch.resolve("trace-" + trace++), false);
                double end = (System.nanoTime() - start) / 1e6;
                double processor = Double.parseDouble(run(variant, scratch.resolve("trace-" + trace++), true));
                if (launch >= 0) {
                    ends.computeIfAbsent(variant, key -> new ArrayList<>()).add(end);
                    used.computeIfAbsent(variant, key -> new ArrayList<>()).add(processor);
                }
            }
        }
        System.out.println(String.format(
                Locale.ROOT,
                "%-44s %-34s %s",
                "medians of " + launches + " launches",
                "ends after",
                "processor time until the agent is ready"));
        for (Variant variant : Variant.values()) {
            System.out.println(String.format(
                    Locale.ROOT,
                    "%-44s %-34s %s",
                    variant.label,
                    shown(ends.get(variant), ends.get(Variant.NO_AGENT)),
                    shown(used.get(variant), used.get(Variant.NO_AGENT))));
        }
    }

    private static String shown(List<Double> own, List<Double> without) {
        double median = Spread.median(own);
        return String.format(Locale.ROOT, "%5.0f ms (%+.0f)", median, median - Spread.median(without));
    }

    private static String run(Variant variant, Path trace, boolean untilReady)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Programs.java());
        command.add("-Xmx256m");
        if (!variant.options.isEmpty()) {
            command.add(Programs.AGENT_OPTION + "=" + variant.options.replace("TRACE", trace.toString()));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Nothing.class.getName()));
        if (untilReady) {
            boolean records = variant.options.contains("TRACE");
            command.add(variant == Variant.NO_AGENT ? "" : records ? "recording" : "idle");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the program failed: " + variant.label + ": " + output);
        }
        return output;
    }
}
