package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.experiment.Experiment;
import dev.godwit.hypervisor.migration.experiment.Findings;
import dev.godwit.hypervisor.migration.experiment.Findings.Figure;
import dev.godwit.hypervisor.migration.experiment.Findings.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What an experiment found, for people and for programs. Same findings, same characters. */
public final class FindingsReport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private FindingsReport() {}

    /** Question, setting, table and conclusions; lines ended by a line feed. */
    public static String text(Experiment experiment, Findings findings) {
        StringBuilder text = new StringBuilder();
        text.append(experiment.question()).append(" (modelled)\n");
        findings.setting().forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        List<List<String>> rows = new ArrayList<>();
        rows.add(Stream.concat(
                        Stream.of(""), findings.rows().get(0).figures().stream().map(FindingsReport::heading))
                .toList());
        findings.rows()
                .forEach(row -> rows.add(Stream.concat(
                                Stream.of(row.label()), row.figures().stream().map(FindingsReport::cell))
                        .toList()));
        text.append(Columns.of(rows));
        text.append('\n');
        findings.conclusions().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /**
     * {@code {"experiment":NAME,"seed":N,"rows":[{"label":…,"downtime":12.5,…}],"units":{"downtime":"ms",…}}}, with a line
     * feed at its end; a figure that a row has none of is null.
     */
    public static String json(Experiment experiment, long seed, Findings findings) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("experiment", experiment.name());
        root.put("seed", seed);
        ObjectNode units = root.putObject("units");
        findings.rows()
                .get(0)
                .figures()
                .forEach(figure -> units.put(figure.name(), figure.unit().symbol()));
        findings.rows().forEach(row -> {
            ObjectNode json = root.withArray("rows").addObject();
            json.put("label", row.label());
            row.figures().forEach(figure -> put(json, figure));
        });
        findings.conclusions().forEach(root.withArray("conclusions")::add);
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static void put(ObjectNode json, Figure figure) {
        if (Double.isNaN(figure.value())) {
            json.putNull(figure.name());
        } else if (figure.unit() == Unit.YES_OR_NO) {
            json.put(figure.name(), figure.value() != 0);
        } else {
            json.put(figure.name(), Math.round(figure.value() * 1e6) / 1e6);
        }
    }

    private static String heading(Figure figure) {
        return figure.unit().symbol().isEmpty()
                ? figure.name()
                : figure.name() + ", " + figure.unit().symbol();
    }

    private static String cell(Figure figure) {
        if (Double.isNaN(figure.value())) {
            return "-";
        }
        if (figure.unit() == Unit.YES_OR_NO) {
            return figure.value() == 0 ? "no" : "yes";
        }
        return String.format(Locale.ROOT, figure.unit().form(), figure.value());
    }
}
