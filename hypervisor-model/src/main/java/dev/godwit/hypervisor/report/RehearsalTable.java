package dev.godwit.hypervisor.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Rehearsals below each other, one row for each; everything in it was measured. */
public final class RehearsalTable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String[] HEADINGS = {
        "program",
        "link",
        "technique",
        "hints",
        "outcome",
        "verified",
        "time",
        "sent",
        "downtime",
        "longest stall",
        "lost"
    };

    private static final int TEXT_COLUMNS = 6;

    private final List<String[]> rows = new ArrayList<>();
    private final ArrayNode results = MAPPER.createArrayNode();
    private final List<String> failures = new ArrayList<>();
    private final PairedRehearsals pairs = new PairedRehearsals();
    private boolean countsProcessorTime;

    /** Number of rehearsals. */
    public int size() {
        return rows.size();
    }

    /**
     * Adds one.
     *
     * @param json as {@code godwit rehearse --json} wrote it
     */
    public void add(String program, String link, String technique, boolean hints, byte[] json) {
        JsonNode result = MAPPER.readTree(json);
        JsonNode own = result.path("godwit");
        JsonNode stalls = own.path("stalls");
        boolean completed = result.path("status").asString("").equals("completed");
        boolean verified = result.path("verified").asBoolean(false);
        rows.add(new String[] {
            program,
            link,
            technique,
            hints ? "on" : "off",
            result.path("status").asString(""),
            verified ? "yes" : completed ? "no" : "-",
            String.format(Locale.ROOT, "%.1f s", result.path("total-time").asDouble(0) / 1000),
            String.format(
                    Locale.ROOT,
                    "%,.0f MiB",
                    result.path("ram").path("transferred").asDouble(0) / (1 << 20)),
            completed
                    ? String.format(
                            Locale.ROOT, "%.0f ms", result.path("downtime").asDouble(0))
                    : "-",
            stalls.isMissingNode()
                    ? "-"
                    : String.format(
                            Locale.ROOT, "%.0f ms", stalls.path("longest").asDouble(0)),
            loss(own.path("throughput"))
        });
        ObjectNode kept = named(program, link, technique, hints);
        kept.set("result", result);
        results.add(kept);
        pairs.add(program, link, technique, hints, result);
    }

    private String loss(JsonNode throughput) {
        if (throughput.isMissingNode()) {
            return "-";
        }
        boolean processorTime = throughput.path("loss-of").asString("").equals("processor-time");
        countsProcessorTime |= processorTime;
        return String.format(
                Locale.ROOT, "%.0f %%%s", 100 * throughput.path("loss").asDouble(0), processorTime ? "*" : "");
    }

    /** Adds one that could not be begun. */
    public void add(String program, String link, String technique, boolean hints, String why) {
        rows.add(new String[] {program, link, technique, hints ? "on" : "off", "not begun", "-", "-", "-", "-", "-", "-"
        });
        failures.add(program + ", " + link + ", " + technique + ", hints " + (hints ? "on" : "off") + ": " + why);
        ObjectNode kept = named(program, link, technique, hints);
        kept.put("failure", why);
        results.add(kept);
        pairs.addFailure(program, link, technique, hints);
    }

    private static ObjectNode named(String program, String link, String technique, boolean hints) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("program", program);
        node.put("link", link);
        node.put("technique", technique);
        node.put("hints", hints);
        return node;
    }

    /** For people; lines ended by a line feed. */
    public String text() {
        StringBuilder text = new StringBuilder(lines(HEADINGS, rows, TEXT_COLUMNS));
        failures.forEach(failure -> text.append(failure).append('\n'));
        text.append(
                "All figures are measured. Longest stall: felt inside the program, the comparison behind the downtime"
                        + " included,\nwhich a migration has not. Lost: steps of the application during the migration, of those"
                        + " before it");
        text.append(countsProcessorTime ? "; *: processor time, where it tells of no steps.\n" : ".\n");
        return pairs.isRepeated() ? text.append('\n').append(pairs.text()).toString() : text.toString();
    }

    /** Rows below each other, headings first; the first columns are texts, the others figures. */
    static String lines(String[] headings, List<String[]> rows, int textColumns) {
        int[] widths = new int[headings.length];
        List<String[]> all = new ArrayList<>();
        all.add(headings);
        all.addAll(rows);
        for (String[] row : all) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(i < textColumns ? row[i] + padding : padding + row[i])
                        .append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /**
     * An array: of each rehearsal what was asked, and its result as {@code godwit rehearse --json} has it. If rehearsals were
     * repeated, an object with that array and the comparison of the pairs.
     */
    public String json() {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        JsonNode all = results;
        if (pairs.isRepeated()) {
            ObjectNode both = MAPPER.createObjectNode();
            both.set("rehearsals", results);
            pairs.write(both.putArray("pairs"));
            all = both;
        }
        return MAPPER.writer().with(printer).writeValueAsString(all) + "\n";
    }
}
