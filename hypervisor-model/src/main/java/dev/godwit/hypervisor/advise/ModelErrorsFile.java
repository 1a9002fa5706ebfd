package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Errors of the model as lines of a file.
 *
 * <p>Each rehearsal has a line of twelve fields with a bar between: {@code program | technique | bytes per second of the link | on
 * or off, the hints | total time, measured | modelled | downtime, measured | modelled | application stopped, measured | modelled |
 * sent, measured | modelled}; times in milliseconds, sizes in bytes. A line of eleven fields has no technique: it was written when
 * pre-copy was the only one. Empty lines and those that begin with {@code #} are passed over.
 */
public final class ModelErrorsFile {
    private static final String KNOWN = "model-errors.txt";
    private static final int FIELDS = 12;
    private static final int FIELDS_OF_FIGURES = 8;
    private static final int MOST_LINES = 10_000;
    private static final int LONGEST_QUOTE = 40;
    static final String FORM =
            "program | technique | bytes per second | on or off | and measured | modelled of total time, downtime, stop and bytes";

    /** What the fields are, as lines of the file that are passed over. */
    public static final String HEADER = """
            # program | technique | bytes per second of the link | hints | total time in ms, measured | modelled
            #   | downtime in ms, measured | modelled | application stopped in ms, measured | modelled | sent bytes, measured | modelled
            # Downtime and stop are without what a hypervisor has not to do: keeping a safety copy, and looking which pages there are.
            """;

    private ModelErrorsFile() {}

    /** Those of the demo applications, as they were measured where Godwit was made; the file says how. */
    public static ModelErrors known() {
        try (InputStream known = ModelErrorsFile.class.getResourceAsStream(KNOWN);
                BufferedReader lines = new BufferedReader(new InputStreamReader(known, StandardCharsets.UTF_8))) {
            return parse(lines.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a file's lines; they are not trusted.
     *
     * @throws IllegalArgumentException if a line has another shape; the message is one line, names it and says what is wrong
     */
    public static ModelErrors parse(List<String> lines) {
        if (lines.size() > MOST_LINES) {
            throw new IllegalArgumentException(lines.size() + " lines of errors: give " + MOST_LINES + " at most");
        }
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                cases.add(parse(line, i + 1));
            }
        }
        return new ModelErrors(cases);
    }

    private static Case parse(String line, int number) {
        List<String> fields =
                Stream.of(line.split("\\|", -1)).map(String::strip).collect(Collectors.toCollection(ArrayList::new));
        try {
            if (fields.size() == FIELDS - 1) {
                fields.add(1, RehearsedTechnique.PRE_COPY.label());
            }
            if (fields.size() != FIELDS) {
                throw new IllegalArgumentException("fields: " + fields.size());
            }
            int figures = FIELDS - FIELDS_OF_FIGURES;
            return new Case(
                    fields.get(0),
                    technique(fields.get(1)),
                    bandwidth(fields.get(2)),
                    hints(fields.get(3)),
                    pair(fields, figures),
                    pair(fields, figures + 2),
                    pair(fields, figures + 4),
                    pair(fields, figures + 6));
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException(
                    "line " + number + " is no error of the model (" + bad.getMessage() + "): give " + FORM, bad);
        }
    }

    private static RehearsedTechnique technique(String name) {
        return RehearsedTechnique.named(name)
                .orElseThrow(() -> new IllegalArgumentException("technique " + quoted(name) + ", which is none of "
                        + Stream.of(RehearsedTechnique.values())
                                .map(RehearsedTechnique::label)
                                .collect(Collectors.joining(", "))));
    }

    private static long bandwidth(String field) {
        try {
            return Long.parseLong(field);
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("bytes per second " + quoted(field), bad);
        }
    }

    private static boolean hints(String field) {
        if (!field.equals("on") && !field.equals("off")) {
            throw new IllegalArgumentException("hints " + quoted(field));
        }
        return field.equals("on");
    }

    private static Pair pair(List<String> fields, int first) {
        return new Pair(figure(fields.get(first)), figure(fields.get(first + 1)));
    }

    private static double figure(String field) {
        try {
            return Double.parseDouble(field);
        } catch (NumberFormatException bad) {
            throw new IllegalArgumentException("figure " + quoted(field), bad);
        }
    }

    /** Something of a file, safe to be shown. */
    private static String quoted(String field) {
        String shown = field.length() <= LONGEST_QUOTE ? field : field.substring(0, LONGEST_QUOTE) + "…";
        return "'" + shown.replaceAll("\\p{C}", "?") + "'";
    }

    /** A case as a line, which ends with a line feed. */
    public static String line(Case of) {
        return String.format(
                Locale.ROOT,
                "%s | %s | %d | %s | %s | %s | %s | %s\n",
                of.program(),
                of.technique().label(),
                of.bandwidthBytesPerSecond(),
                of.hints() ? "on" : "off",
                text(of.totalMillis()),
                text(of.downtimeMillis()),
                text(of.stoppedMillis()),
                text(of.sentBytes()));
    }

    private static String text(Pair pair) {
        return String.format(Locale.ROOT, "%.1f | %.1f", pair.measured(), pair.modelled());
    }
}
