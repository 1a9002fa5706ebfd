package dev.godwit.hypervisor.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rehearsals of the same program, over the same link, by the same technique, without and with hints: the first
 * without beside the first with, and so on. A pair counts if both were completed and verified; all figures are
 * measured.
 */
final class PairedRehearsals {
    private static final String[] HEADINGS = {
        "program",
        "link",
        "technique",
        "pairs",
        "throughput on/off",
        "lowest to highest",
        "time off",
        "on",
        "sent off",
        "on",
        "downtime off",
        "on"
    };
    private static final int TEXT_COLUMNS = 3;

    private final Map<Asked, Runs> runs = new LinkedHashMap<>();

    private record Asked(String program, String link, String technique) {}

    private record Runs(List<JsonNode> without, List<JsonNode> with) {}

    private record Pair(JsonNode without, JsonNode with) {}

    void add(String program, String link, String technique, boolean hints, JsonNode result) {
        Runs known = runs.computeIfAbsent(
                new Asked(program, link, technique), asked -> new Runs(new ArrayList<>(), new ArrayList<>()));
        (hints ? known.with : known.without).add(result);
    }

    /** Keeps the place of one that has no result. */
    void addFailure(String program, String link, String technique, boolean hints) {
        add(program, link, technique, hints, MissingNode.getInstance());
    }

    /** True if anything was rehearsed more than once in the same way. */
    boolean isRepeated() {
        return runs.values().stream().anyMatch(each -> each.without.size() > 1 || each.with.size() > 1);
    }

    private static List<Pair> pairs(Runs of) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < Math.min(of.without.size(), of.with.size()); i++) {
            if (isWhole(of.without.get(i)) && isWhole(of.with.get(i))) {
                pairs.add(new Pair(of.without.get(i), of.with.get(i)));
            }
        }
        return pairs;
    }

    private static boolean isWhole(JsonNode result) {
        return result.path("status").asString("").equals("completed")
                && result.path("verified").asBoolean(false);
    }

    /**
     * What the program got done in a second while it was migrated, with hints over without, for each pair that tells,
     * ascending: its steps if both tell of them, else its processor time.
     */
    private static double[] ratios(List<Pair> pairs, String rate) {
        return pairs.stream()
                .mapToDouble(pair -> during(pair.with, rate) / during(pair.without, rate))
                .filter(Double::isFinite)
                .sorted()
                .toArray();
    }

    private static double during(JsonNode result, String rate) {
        JsonNode told = result.path("godwit").path("throughput").path("during").path(rate);
        return told.isMissingNode() ? Double.NaN : told.asDouble(0);
    }

    /** Steps if all pairs tell of them: two kinds of throughput make no median. */
    private static String rateOf(List<Pair> pairs) {
        boolean steps = pairs.stream()
                .allMatch(pair ->
                        during(pair.with, "steps-per-second") > 0 && during(pair.without, "steps-per-second") > 0);
        return steps ? "steps-per-second" : "processor-time-per-second";
    }

    private static double median(double[] ascending) {
        int middle = ascending.length / 2;
        return ascending.length % 2 == 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
    }

    private static double median(List<Pair> pairs, Function<Pair, JsonNode> which, String... path) {
        return median(pairs.stream()
                .mapToDouble(pair -> {
                    JsonNode node = which.apply(pair);
                    for (String name : path) {
                        node = node.path(name);
                    }
                    return node.asDouble(0);
                })
                .sorted()
                .toArray());
    }

    /** For people; lines ended by a line feed. */
    String text() {
        List<String[]> rows = new ArrayList<>();
        boolean[] processorTime = new boolean[1];
        runs.forEach((asked, each) -> rows.add(row(asked, pairs(each), processorTime)));
        return RehearsalTable.lines(HEADINGS, rows, TEXT_COLUMNS)
                + "Medians over pairs, of which both were completed and verified. Throughput: steps of the application in a"
                + " second while it\nwas migrated, with hints over without"
                + (processorTime[0] ? "; *: processor time, where it tells of no steps.\n" : ".\n");
    }

    private static String[] row(Asked asked, List<Pair> pairs, boolean[] processorTime) {
        String[] row = new String[HEADINGS.length];
        java.util.Arrays.fill(row, "-");
        row[0] = asked.program;
        row[1] = asked.link;
        row[2] = asked.technique;
        row[3] = Integer.toString(pairs.size());
        if (pairs.isEmpty()) {
            return row;
        }
        String rate = rateOf(pairs);
        double[] ratios = ratios(pairs, rate);
        if (ratios.length > 0) {
            boolean steps = rate.startsWith("steps");
            processorTime[0] |= !steps;
            row[4] = String.format(Locale.ROOT, "%.2f%s", median(ratios), steps ? "" : "*");
            row[5] = String.format(Locale.ROOT, "%.2f to %.2f", ratios[0], ratios[ratios.length - 1]);
        }
        List<Function<Pair, JsonNode>> both = List.of(Pair::without, Pair::with);
        for (int i = 0; i < both.size(); i++) {
            row[6 + i] = String.format(Locale.ROOT, "%.1f s", median(pairs, both.get(i), "total-time") / 1000);
            row[8 + i] = String.format(
                    Locale.ROOT, "%,.0f MiB", median(pairs, both.get(i), "ram", "transferred") / (1 << 20));
            row[10 + i] = String.format(Locale.ROOT, "%.0f ms", median(pairs, both.get(i), "downtime"));
        }
        return row;
    }

    /** Times in milliseconds, sizes in bytes. */
    void write(ArrayNode array) {
        runs.forEach((asked, each) -> {
            List<Pair> pairs = pairs(each);
            ObjectNode node = array.addObject();
            node.put("program", asked.program);
            node.put("link", asked.link);
            node.put("technique", asked.technique);
            node.put("pairs", pairs.size());
            if (!pairs.isEmpty()) {
                String rate = rateOf(pairs);
                double[] ratios = ratios(pairs, rate);
                if (ratios.length > 0) {
                    ObjectNode throughput = node.putObject("throughput-with-over-without");
                    throughput.put("of", rate.startsWith("steps") ? "steps" : "processor-time");
                    throughput.put("median", ComparisonJson.rounded(median(ratios)));
                    throughput.put("lowest", ComparisonJson.rounded(ratios[0]));
                    throughput.put("highest", ComparisonJson.rounded(ratios[ratios.length - 1]));
                }
                write(node.putObject("without"), pairs, Pair::without);
                write(node.putObject("with"), pairs, Pair::with);
            }
        });
    }

    private static void write(ObjectNode node, List<Pair> pairs, Function<Pair, JsonNode> which) {
        node.put("total-time", ComparisonJson.rounded(median(pairs, which, "total-time")));
        node.put("transferred", ComparisonJson.rounded(median(pairs, which, "ram", "transferred")));
        node.put("downtime", ComparisonJson.rounded(median(pairs, which, "downtime")));
    }
}
