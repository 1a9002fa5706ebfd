package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.SeriesOfStarts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Rehearsals begun at random moments, one row for each way to choose the moment; everything in it was measured. */
public final class StartsReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> HEADINGS = List.of(
            "pre-copy with hints",
            "starts",
            "completed",
            "hit a section",
            "of these forced",
            "median wait",
            "longest wait",
            "median downtime",
            "longest downtime",
            "verified");

    private StartsReport() {}

    /**
     * For people; lines ended by a line feed.
     *
     * @param program what was rehearsed
     * @param longestSectionNanos the longest that was seen open
     */
    public static String text(
            String program, String link, List<SeriesOfStarts> series, long seed, long longestSectionNanos) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        series.forEach(one -> rows.add(row(one)));
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s, link of %s, seed %d; the longest critical section that was seen open lasted %s (measured)\n\n",
                program,
                link,
                seed,
                millis(longestSectionNanos)));
        text.append(Columns.of(rows)).append('\n');
        series.forEach(one -> text.append(sentence(one, longestSectionNanos)));
        return text.toString();
    }

    private static List<String> row(SeriesOfStarts series) {
        return List.of(
                series.label(),
                Integer.toString(series.rehearsals().size()),
                Integer.toString(series.completed().size()),
                Long.toString(series.hits()),
                Long.toString(series.forcedHits()),
                quantile(series, SeriesOfStarts::waitedNanos, 0.5),
                quantile(series, SeriesOfStarts::waitedNanos, 1),
                quantile(series, StartsReport::downtimeNanos, 0.5),
                quantile(series, StartsReport::downtimeNanos, 1),
                series.verified() ? "yes" : "no");
    }

    private static String quantile(SeriesOfStarts series, ToLongFunction<RehearsalResult> figure, double share) {
        return series.completed().isEmpty() ? "-" : millis(series.quantile(figure, share));
    }

    private static String sentence(SeriesOfStarts series, long longestSectionNanos) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d of %d pauses hit a critical section",
                series.label(),
                series.hits(),
                series.completed().size()));
        if (series.when().safe()) {
            long median = series.quantile(SeriesOfStarts::waitedNanos, 0.5);
            text.append(String.format(
                    Locale.ROOT,
                    ", %d of them because patience had ended; half of them waited for %s or less%s",
                    series.forcedHits(),
                    millis(median),
                    median < longestSectionNanos ? ", less than the longest section" : ""));
        }
        int left = series.rehearsals().size() - series.completed().size();
        return text + (left == 0 ? ".\n" : "; " + left + " did not complete.\n");
    }

    /** An object: seed, link, the longest section seen in ms, and of each series its figures and its rehearsals. */
    public static String json(
            String program, String link, List<SeriesOfStarts> series, long seed, long longestSectionNanos) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("measured", true);
        root.put("program", program);
        root.put("link", link);
        root.put("seed", seed);
        root.put("longest-section", ComparisonJson.millis(longestSectionNanos));
        ArrayNode rows = root.putArray("series");
        series.forEach(one -> write(rows.addObject(), one));
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        return MAPPER.writer().with(printer).writeValueAsString(root) + "\n";
    }

    private static void write(ObjectNode json, SeriesOfStarts series) {
        json.put("when", series.label());
        json.put("starts", series.rehearsals().size());
        json.put("completed", series.completed().size());
        json.put("hits", series.hits());
        json.put("forced-hits", series.forcedHits());
        json.put("median-wait", ComparisonJson.millis(series.quantile(SeriesOfStarts::waitedNanos, 0.5)));
        json.put("longest-wait", ComparisonJson.millis(series.quantile(SeriesOfStarts::waitedNanos, 1)));
        json.put("median-downtime", ComparisonJson.millis(series.quantile(StartsReport::downtimeNanos, 0.5)));
        json.put("longest-downtime", ComparisonJson.millis(series.quantile(StartsReport::downtimeNanos, 1)));
        ArrayNode each = json.putArray("rehearsals");
        series.rehearsals().forEach(result -> write(each.addObject(), result));
    }

    private static void write(ObjectNode json, RehearsalResult result) {
        json.put("status", result.migration().status().label());
        json.put("reason", result.migration().reason());
        json.put("verified", result.migration().verification().passed());
        json.put(
                "total-time",
                ComparisonJson.wholeMillis(result.migration().statistics().totalNanos()));
        json.put("downtime", ComparisonJson.millis(downtimeNanos(result)));
        MomentsJson.write(json, result.migration().statistics().moments());
    }

    /** One rehearsal in a few words, for those who watch. */
    public static String brief(RehearsalResult result) {
        List<String> words = new ArrayList<>();
        words.add(result.migration().status().label());
        words.add("waited " + millis(SeriesOfStarts.waitedNanos(result)));
        words.add("downtime " + millis(downtimeNanos(result)));
        if (SeriesOfStarts.isForced(result)) {
            words.add("forced");
        }
        words.add(SeriesOfStarts.isHit(result) ? "hit a critical section" : "hit nothing");
        return String.join(", ", words);
    }

    private static long downtimeNanos(RehearsalResult result) {
        return result.migration().statistics().downtimeNanos();
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%,.0f ms", nanos / 1e6);
    }
}
