package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.advise.Advice;
import dev.godwit.hypervisor.advise.Advice.Guarded;
import dev.godwit.hypervisor.advise.Band;
import dev.godwit.hypervisor.advise.HeartbeatTimeout.Fires;
import dev.godwit.hypervisor.advise.Outlook;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Advice for people and for programs. Same advice, same characters. */
public final class AdviceReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private AdviceReport() {}

    /** What to do first, then what to expect, then why; lines ended by a line feed. */
    public static String text(Advice advice) {
        StringBuilder text = new StringBuilder();
        String best = advice.best().orElse("none");
        line(text, "Technique: " + best + " (" + advice.whyBest() + ").");
        line(text, "Moment: " + advice.moment().words() + ".");
        advice.expected().flatMap(Outlook::figures).ifPresent(figures -> {
            line(text, "Expected, modelled:");
            line(text, "  total time           " + band(figures.totalSeconds(), "%.1f", "s"));
            line(text, "  downtime             " + band(figures.downtimeMillis(), "%.0f", "ms"));
            line(text, "  application stopped  " + band(figures.stoppedMillis(), "%.0f", "ms"));
            line(text, "  sent                 " + band(figures.sentMebibytes(), "%.0f", "MiB"));
            line(text, "  " + capitalised(advice.bandMadeOf()) + ".");
        });
        text.append('\n');
        advice.reasons().forEach(reason -> line(text, reason + "."));
        text.append('\n').append(candidates(advice)).append('\n');
        timeouts(text, advice);
        return text.toString();
    }

    private static String candidates(Advice advice) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "begun at once",
                "completed",
                "total time, s",
                "stopped, ms",
                "sent, MiB",
                "a lost host costs",
                "verified"));
        for (Outlook outlook : advice.candidates()) {
            rows.add(List.of(
                    outlook.technique(),
                    outlook.completed() + " of " + outlook.starts(),
                    cell(outlook, figures -> range(figures.totalSeconds(), "%.1f")),
                    cell(outlook, figures -> range(figures.stoppedMillis(), "%.0f")),
                    cell(outlook, figures -> range(figures.sentMebibytes(), "%.0f")),
                    outlook.risksVm() ? "the VM" : "nothing or work",
                    outlook.verified() ? "yes" : "NO"));
        }
        return Columns.of(rows);
    }

    private static String cell(Outlook outlook, Function<Outlook.Figures, String> figure) {
        return outlook.figures().map(figure).orElse("-");
    }

    private static void timeouts(StringBuilder text, Advice advice) {
        if (advice.timeouts().isEmpty()) {
            return;
        }
        List<Guarded> fired = advice.timeouts().stream()
                .filter(guarded -> guarded.fires() != Fires.NO)
                .toList();
        if (fired.isEmpty()) {
            line(
                    text,
                    "None of " + advice.timeouts().size()
                            + " known heartbeat timeouts is as short as the time for which the application would stop.");
            return;
        }
        line(text, "Heartbeat timeouts that the stop fires:");
        fired.forEach(guarded -> line(
                text,
                String.format(
                        Locale.ROOT,
                        "  %s %s, %.1f s: %s (%s)",
                        guarded.fires() == Fires.YES ? "yes  " : "maybe",
                        guarded.timeout().name(),
                        guarded.timeout().millis() / 1e3,
                        guarded.timeout().consequence(),
                        guarded.timeout().source())));
    }

    private static String band(Band band, String form, String unit) {
        return String.format(
                Locale.ROOT, form + " %s (" + form + " to " + form + ")", band.middle(), unit, band.low(), band.high());
    }

    private static String range(Band band, String form) {
        return String.format(Locale.ROOT, form + " - " + form, band.low(), band.high());
    }

    private static String capitalised(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }

    /**
     * {@code {"technique":…,"why":…,"modelled":true,"expected":{"total-time":{"low":…,"middle":…,"high":…},…},"moment":{…},
     * "reasons":[…],"candidates":[…],"heartbeat-timeouts":[…]}}: times in milliseconds, sizes in bytes; a figure without a value
     * is left out.
     */
    public static String json(Advice advice) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("technique", advice.best().orElse(null));
        root.put("why", advice.whyBest());
        root.put("measured", false);
        root.put("modelled", true);
        root.put("bandwidth-bytes-per-second", advice.options().bandwidthBytesPerSecond());
        root.put("memory-bytes", advice.options().memoryBytes());
        root.put("downtime-limit", ComparisonJson.millis(advice.options().downtimeLimitNanos()));
        root.put("seed", advice.options().seed());
        advice.expected().ifPresent(expected -> outlook(root.putObject("expected"), expected));
        root.put("band", advice.bandMadeOf());
        moment(root.putObject("moment"), advice.moment());
        advice.reasons().forEach(root.withArray("reasons")::add);
        advice.candidates()
                .forEach(candidate -> outlook(root.withArray("candidates").addObject(), candidate));
        advice.timeouts().forEach(guarded -> {
            ObjectNode timeout = root.withArray("heartbeat-timeouts").addObject();
            timeout.put("name", guarded.timeout().name());
            timeout.put("timeout", guarded.timeout().millis());
            timeout.put("fires", guarded.fires().name().toLowerCase(Locale.ROOT));
            timeout.put("consequence", guarded.timeout().consequence());
            timeout.put("source", guarded.timeout().source());
        });
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static void outlook(ObjectNode json, Outlook outlook) {
        json.put("technique", outlook.technique());
        json.put("starts", outlook.starts());
        json.put("completed", outlook.completed());
        json.put("verified", outlook.verified());
        json.put("risks-vm", outlook.risksVm());
        outlook.figures().ifPresent(figures -> {
            band(json.putObject("total-time"), figures.totalSeconds(), 1e3);
            band(json.putObject("downtime"), figures.downtimeMillis(), 1);
            band(json.putObject("app-pause"), figures.stoppedMillis(), 1);
            band(json.putObject("transferred"), figures.sentMebibytes(), 1 << 20);
        });
    }

    private static void moment(ObjectNode json, Advice.BestMoment moment) {
        json.put("words", moment.words());
        if (moment.atNanos() >= 0) {
            json.put("best-at", ComparisonJson.millis(moment.atNanos()));
        }
        json.put("critical-share", ComparisonJson.rounded(moment.criticalShare()));
        json.put("hit-at-once", ComparisonJson.rounded(moment.hitAtOnce()));
        json.put("hit-when-waiting", ComparisonJson.rounded(moment.hitWhenWaiting()));
        Optional<Band> wait = moment.waitMillis();
        wait.ifPresent(band -> band(json.putObject("wait"), band, 1));
    }

    private static void band(ObjectNode json, Band band, double scale) {
        json.put("low", ComparisonJson.rounded(band.low() * scale));
        json.put("middle", ComparisonJson.rounded(band.middle() * scale));
        json.put("high", ComparisonJson.rounded(band.high() * scale));
    }
}
