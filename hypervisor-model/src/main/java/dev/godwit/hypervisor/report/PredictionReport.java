package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.compare.MeasuredRehearsal;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.page.Compression;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a replay predicted beside what the rehearsal measured, for people and for programs. */
public final class PredictionReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final double NANOS_PER_MILLI = 1e6;

    private PredictionReport() {}

    /**
     * Takes from a rehearsal's JSON what is compared; it is not trusted.
     *
     * @throws IllegalArgumentException if it is none; one line
     */
    public static MeasuredRehearsal measured(byte[] json) {
        JsonNode root;
        try {
            root = MAPPER.readTree(json);
        } catch (JacksonException bad) {
            throw new IllegalArgumentException("it is no JSON", bad);
        }
        JsonNode godwit = root.path("godwit");
        if (!godwit.path("measured").asBoolean(false) || !godwit.has("downtime-limit")) {
            throw new IllegalArgumentException("it is no result of godwit rehearse --json");
        }
        String compression = godwit.path("compress").asString("");
        return new MeasuredRehearsal(
                root.path("technique").asString(""),
                root.path("hints").asBoolean(false),
                Compression.named(compression)
                        .orElseThrow(() ->
                                new IllegalArgumentException("a rehearsal compressed by '" + plain(compression) + "'")),
                godwit.path("delta-cache-bytes").asLong(0),
                godwit.path("bandwidth-bytes-per-second").asLong(0),
                nanos(godwit.path("latency")),
                nanos(godwit.path("downtime-limit")),
                godwit.path("max-rounds").asInt(0),
                plain(root.path("status").asString("")),
                nanos(godwit.path("total-time")),
                nanos(godwit.path("downtime")),
                root.path("ram").path("transferred").asLong(0),
                root.path("ram").path("total").asLong(0),
                godwit.path("rounds").size(),
                nanos(godwit.path("setup-time")) + safetyNanos(godwit.path("ahead")),
                nanos(godwit.path("dirty-log-time")),
                root.path("ram").path("dirty-sync-count").asLong(0),
                nanos(godwit.path("ahead").path("survey-pause")),
                nanos(godwit.path("other-threads-time")),
                MachineJson.read(godwit.path("machine")));
    }

    /** What a rehearsal that runs ahead was held up by, and no migration is: its safety copy. */
    private static long safetyNanos(JsonNode ahead) {
        return nanos(ahead.path("safety-copy-catching-up")) + nanos(ahead.path("safety-copy-pause"));
    }

    private static String plain(String text) {
        return text.substring(0, Math.min(40, text.length())).replaceAll("\\p{Cntrl}", " ");
    }

    private static long nanos(JsonNode millis) {
        return Math.round(millis.asDouble(0) * NANOS_PER_MILLI);
    }

    /** A table of one row for each figure. */
    public static String text(Prediction prediction) {
        MeasuredRehearsal measured = prediction.measured();
        MigrationStatistics model = prediction.statistics();
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "%-22s%14s%14s%12s%n", measured.technique(), "rehearsed", "replayed", "difference"));
        row(text, "total time", millis(measured.totalNanos()), millis(model.totalNanos()), prediction.totalTimeRatio());
        row(
                text,
                "sent",
                mebibytes(measured.transferredBytes()),
                mebibytes(model.transferredBytes()),
                prediction.transferredRatio());
        row(
                text,
                "downtime",
                millis(measured.downtimeNanos()),
                millis(model.downtimeNanos()),
                ratio(model.downtimeNanos(), measured.downtimeNanos()));
        row(
                text,
                "memory",
                mebibytes(measured.memoryBytes()),
                mebibytes(prediction.memoryBytes()),
                ratio(prediction.memoryBytes(), measured.memoryBytes()));
        row(
                text,
                "rounds",
                Integer.toString(measured.rounds()),
                Integer.toString(model.rounds().size()),
                ratio(model.rounds().size(), measured.rounds()));
        text.append(String.format(Locale.ROOT, "%-22s%14s%14s%n", "outcome", measured.status(), prediction.status()));
        text.append("The first column was measured, the second is modelled from a trace of the same program.\n");
        return text.toString();
    }

    private static String mebibytes(long bytes) {
        return ComparisonReport.mebibytes((double) bytes);
    }

    private static double ratio(long modelled, long measured) {
        return measured == 0 ? Double.NaN : (double) modelled / measured;
    }

    private static void row(StringBuilder text, String name, String measured, String modelled, double ratio) {
        String difference = Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%+.1f %%", (ratio - 1) * 100);
        text.append(String.format(Locale.ROOT, "%-22s%14s%14s%12s%n", name, measured, modelled, difference));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%,.1f ms", nanos / NANOS_PER_MILLI);
    }

    /** The same as JSON: {@code measured} and {@code modelled}, of one shape, and {@code ratio}, the latter over the former. */
    public static String json(Prediction prediction) {
        MeasuredRehearsal measured = prediction.measured();
        MigrationStatistics model = prediction.statistics();
        ObjectNode json = MAPPER.createObjectNode();
        json.put("technique", measured.technique());
        json.put("hints", measured.hints());
        json.put("compress", measured.compression().label());
        figures(
                json.putObject("measured"),
                measured.status(),
                measured.totalNanos(),
                measured.transferredBytes(),
                measured.downtimeNanos(),
                measured.memoryBytes(),
                measured.rounds());
        figures(
                json.putObject("modelled"),
                prediction.status(),
                model.totalNanos(),
                model.transferredBytes(),
                model.downtimeNanos(),
                prediction.memoryBytes(),
                model.rounds().size());
        ObjectNode ratio = json.putObject("ratio");
        ratio.put("total-time", ComparisonJson.rounded(prediction.totalTimeRatio()));
        ratio.put("transferred", ComparisonJson.rounded(prediction.transferredRatio()));
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        return MAPPER.writer().with(printer).writeValueAsString(json) + "\n";
    }

    private static void figures(
            ObjectNode json, String status, long total, long transferred, long downtime, long memory, int rounds) {
        json.put("status", status);
        json.put("total-time", ComparisonJson.millis(total));
        json.put("transferred", transferred);
        json.put("downtime", ComparisonJson.millis(downtime));
        json.put("memory", memory);
        json.put("rounds", rounds);
    }
}
