package dev.godwit.hypervisor.advise;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How far replays were from rehearsals of the same programs, of which a trace was recorded just before; by
 * {@code godwit model-errors}.
 *
 * <p>A file of them has a line for each rehearsal, eleven fields with a bar between: {@code program | bytes per second of the link
 * | on or off, the hints | total time, measured | modelled | downtime, measured | modelled | application stopped, measured |
 * modelled | sent, measured | modelled}; times in milliseconds, sizes in bytes. Empty lines and those that begin with {@code #} are
 * passed over.
 *
 * @param cases one at least
 */
public record ModelErrors(List<Case> cases) {
    private static final String KNOWN = "model-errors.txt";
    private static final int FIELDS = 11;
    private static final int FEWEST = 4;
    private static final int MOST_LINES = 10_000;
    private static final String FORM =
            "program | bytes per second | on or off | and measured | modelled of total time, downtime, stop and bytes";

    /**
     * A figure of a rehearsal and of its replay.
     *
     * @param measured positive
     * @param modelled positive
     */
    public record Pair(double measured, double modelled) {

        /**
         * Checks both.
         *
         * @throws IllegalArgumentException if one is not positive
         */
        public Pair {
            if (!(measured > 0 && measured < 1e18 && modelled > 0 && modelled < 1e18)) {
                throw new IllegalArgumentException("measured " + measured + ", modelled " + modelled);
            }
        }

        /** What the modelled figure is to be multiplied with to be right. */
        public double ratio() {
            return measured / modelled;
        }
    }

    /**
     * One rehearsal, held against its replay.
     *
     * @param hints true if the hypervisor was told what the JVM was doing
     */
    public record Case(
            String program,
            long bandwidthBytesPerSecond,
            boolean hints,
            Pair totalMillis,
            Pair downtimeMillis,
            Pair stoppedMillis,
            Pair sentBytes) {

        /**
         * Checks the link.
         *
         * @throws IllegalArgumentException if it carries nothing
         */
        public Case {
            if (bandwidthBytesPerSecond <= 0) {
                throw new IllegalArgumentException("link of " + bandwidthBytesPerSecond + " bytes per second");
            }
        }

        private double distance(long otherBytesPerSecond) {
            return Math.abs(Math.log((double) bandwidthBytesPerSecond / otherBytesPerSecond));
        }

        /** As a line of a file. */
        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%s | %d | %s | %s | %s | %s | %s",
                    program,
                    bandwidthBytesPerSecond,
                    hints ? "on" : "off",
                    text(totalMillis),
                    text(downtimeMillis),
                    text(stoppedMillis),
                    text(sentBytes));
        }

        private static String text(Pair pair) {
            return String.format(Locale.ROOT, "%.1f | %.1f", pair.measured(), pair.modelled());
        }
    }

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public ModelErrors {
        cases = List.copyOf(cases);
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("no rehearsal to take errors from: give one line at least, " + FORM);
        }
    }

    /** Those of the demo applications, as they were measured where Godwit was made; the file says how. */
    public static ModelErrors known() {
        try (InputStream known = ModelErrors.class.getResourceAsStream(KNOWN);
                BufferedReader lines = new BufferedReader(new InputStreamReader(known, StandardCharsets.UTF_8))) {
            return parse(lines.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a file's lines.
     *
     * @throws IllegalArgumentException if a line has another shape; the message is one line and names it
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
        String[] fields = line.split("\\|", -1);
        try {
            if (fields.length != FIELDS || !fields[2].strip().matches("on|off")) {
                throw new IllegalArgumentException("it has another shape");
            }
            return new Case(
                    fields[0].strip(),
                    Long.parseLong(fields[1].strip()),
                    fields[2].strip().equals("on"),
                    pair(fields, 3),
                    pair(fields, 5),
                    pair(fields, 7),
                    pair(fields, 9));
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException("line " + number + " is no error of the model: give " + FORM, bad);
        }
    }

    private static Pair pair(String[] fields, int first) {
        return new Pair(Double.parseDouble(fields[first].strip()), Double.parseDouble(fields[first + 1].strip()));
    }

    /**
     * Those that are most like a migration: of the link that is nearest to its own on a scale of powers, and of these as many hints,
     * unless too few of them are left to say anything.
     */
    public ModelErrors near(long bandwidthBytesPerSecond, boolean hints) {
        double nearest = cases.stream()
                .mapToDouble(each -> each.distance(bandwidthBytesPerSecond))
                .min()
                .orElseThrow();
        List<Case> sameLink = cases.stream()
                .filter(each -> each.distance(bandwidthBytesPerSecond) == nearest)
                .toList();
        List<Case> sameHints =
                sameLink.stream().filter(each -> each.hints() == hints).toList();
        return new ModelErrors(sameHints.size() >= FEWEST ? sameHints : sameLink);
    }

    /** What was measured over what was modelled: 10th percentile, median and 90th percentile of all cases. */
    public Band ratio(Function<Case, Pair> figure) {
        return Band.of(
                cases.stream().mapToDouble(each -> figure.apply(each).ratio()).toArray());
    }

    /** Bands that depend on the moment, made wider by what the model was wrong by in four of five rehearsals. */
    Outlook.Figures widen(Outlook.Figures figures) {
        return new Outlook.Figures(
                figures.totalSeconds().times(ratio(Case::totalMillis)),
                figures.downtimeMillis().times(ratio(Case::downtimeMillis)),
                figures.stoppedMillis().times(ratio(Case::stoppedMillis)),
                figures.sentMebibytes().times(ratio(Case::sentBytes)));
    }

    /** What the cases are, for people; no full stop. */
    String described() {
        return cases.size() + (cases.size() == 1 ? " rehearsal" : " rehearsals") + " by pre-copy of "
                + cases.stream().map(Case::program).distinct().collect(Collectors.joining(", "))
                + " at "
                + cases.stream()
                        .mapToLong(Case::bandwidthBytesPerSecond)
                        .distinct()
                        .sorted()
                        .mapToObj(bytes -> String.format(Locale.ROOT, "%.4g Gbit/s", bytes * 8 / 1e9))
                        .collect(Collectors.joining(" and "))
                + ", each replayed from a trace of the seconds before it";
    }
}
