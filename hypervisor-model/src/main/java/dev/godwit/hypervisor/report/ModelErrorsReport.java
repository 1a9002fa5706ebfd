package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.advise.Band;
import dev.godwit.hypervisor.advise.ModelErrors;
import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Rehearsals and their replays, for people: by setting, with what its rehearsals differ by themselves, then by technique. */
public final class ModelErrorsReport {
    private static final String[] SETTING_HEADINGS = {
        "program",
        "link",
        "technique",
        "hints",
        "completed",
        "total time",
        "apart",
        "over modelled",
        "sent",
        "apart",
        "over modelled"
    };
    private static final int SETTING_TEXT_COLUMNS = 4;
    private static final String[] TECHNIQUE_HEADINGS = {
        "over modelled", "completed", "total time", "downtime", "application stopped", "sent"
    };
    private static final int TECHNIQUE_TEXT_COLUMNS = 1;
    private static final String NONE = "-";
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private ModelErrorsReport() {}

    /**
     * How a rehearsal was to be.
     *
     * @param link bandwidth, as the user gave it
     */
    public record Setting(String program, String link, RehearsedTechnique technique, boolean hints) {

        @Override
        public String toString() {
            return program + ", " + link + ", " + technique.label() + ", hints " + (hints ? "on" : "off");
        }
    }

    /**
     * A rehearsal that was begun.
     *
     * @param held against its replay; empty if one of them was not completed
     */
    public record Attempt(Setting setting, Optional<Case> held) {}

    /** Both tables, and what their words mean; lines ended by a line feed. */
    public static String text(List<Attempt> attempts) {
        return bySetting(attempts) + "\n" + byTechnique(attempts) + "\n"
                + "Over modelled: what was measured over what was modelled, 1 is right; in the first table least to greatest of"
                + " the setting,\n"
                + "in the second median (10th to 90th percentile). Apart: by how much the greatest of repeated rehearsals of the"
                + " same setting\n"
                + "exceeds the least. Completed: in rehearsal and in replay; others are left out.\n";
    }

    /** What one rehearsal says of the model, a few words. */
    public static String brief(Case held) {
        return String.format(
                Locale.ROOT,
                "measured over modelled: total time %s, downtime %s, application stopped %s, sent %s",
                ratio(held.totalMillis().ratio()),
                ratio(held.downtimeMillis().ratio()),
                ratio(held.stoppedMillis().ratio()),
                ratio(held.sentBytes().ratio()));
    }

    private static String bySetting(List<Attempt> attempts) {
        List<String[]> rows = new ArrayList<>();
        grouped(attempts, Attempt::setting).forEach((setting, made) -> {
            List<Case> held = held(made);
            rows.add(new String[] {
                setting.program(),
                setting.link(),
                setting.technique().label(),
                setting.hints() ? "on" : "off",
                completed(made),
                range(held, each -> each.totalMillis().measured() / MILLIS_PER_SECOND, form("%,.2f"), " s"),
                apart(held, Case::totalMillis),
                range(held, each -> each.totalMillis().ratio(), ModelErrorsReport::ratio, ""),
                range(held, each -> each.sentBytes().measured() / BYTES_PER_MEBIBYTE, form("%,.0f"), " MiB"),
                apart(held, Case::sentBytes),
                range(held, each -> each.sentBytes().ratio(), ModelErrorsReport::ratio, "")
            });
        });
        return RehearsalTable.lines(SETTING_HEADINGS, rows, SETTING_TEXT_COLUMNS);
    }

    private static String byTechnique(List<Attempt> attempts) {
        List<String[]> rows = new ArrayList<>();
        grouped(attempts, attempt -> attempt.setting().technique()).forEach((technique, made) -> {
            List<Case> held = held(made);
            rows.add(new String[] {
                technique.label(),
                completed(made),
                band(held, Case::totalMillis),
                band(held, Case::downtimeMillis),
                band(held, Case::stoppedMillis),
                band(held, Case::sentBytes)
            });
        });
        return RehearsalTable.lines(TECHNIQUE_HEADINGS, rows, TECHNIQUE_TEXT_COLUMNS);
    }

    private static <K> Map<K, List<Attempt>> grouped(List<Attempt> attempts, Function<Attempt, K> by) {
        Map<K, List<Attempt>> groups = new LinkedHashMap<>();
        attempts.forEach(attempt -> groups.computeIfAbsent(by.apply(attempt), key -> new ArrayList<>())
                .add(attempt));
        return groups;
    }

    private static List<Case> held(List<Attempt> made) {
        return made.stream().flatMap(attempt -> attempt.held().stream()).toList();
    }

    private static String completed(List<Attempt> made) {
        return held(made).size() + " of " + made.size();
    }

    private static String range(
            List<Case> held, ToDoubleFunction<Case> figure, DoubleFunction<String> form, String unit) {
        if (held.isEmpty()) {
            return NONE;
        }
        String least = form.apply(figures(held, figure).min().orElseThrow());
        String greatest = form.apply(figures(held, figure).max().orElseThrow());
        return (least.equals(greatest) ? least : least + " - " + greatest) + unit;
    }

    private static String apart(List<Case> held, Function<Case, Pair> figure) {
        if (held.size() < 2) {
            return NONE;
        }
        ToDoubleFunction<Case> measured = each -> figure.apply(each).measured();
        double times = figures(held, measured).max().orElseThrow()
                / figures(held, measured).min().orElseThrow();
        return String.format(Locale.ROOT, "%.0f %%", 100 * (times - 1));
    }

    private static DoubleStream figures(List<Case> held, ToDoubleFunction<Case> figure) {
        return held.stream().mapToDouble(figure);
    }

    private static String band(List<Case> held, Function<Case, Pair> figure) {
        if (held.isEmpty()) {
            return NONE;
        }
        Band ratio = new ModelErrors(held).ratio(figure);
        double[] sorted =
                figures(held, each -> figure.apply(each).ratio()).sorted().toArray();
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        return ratio(median) + " (" + ratio(ratio.low()) + " to " + ratio(ratio.high()) + ")";
    }

    private static DoubleFunction<String> form(String form) {
        return figure -> String.format(Locale.ROOT, form, figure);
    }

    /** Three digits say enough. */
    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : ratio < 100 ? "%.1f" : "%.0f", ratio);
    }
}
