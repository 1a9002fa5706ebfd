package dev.godwit.hypervisor.migration.experiment;

import java.util.List;

/**
 * What an experiment found.
 *
 * @param setting what was run, lines of text: guest, link, hosts
 * @param rows one for each run; all have the same figures in the same order
 * @param conclusions what a reader should take from them, lines of text computed from the rows
 */
public record Findings(List<String> setting, List<Row> rows, List<String> conclusions) {

    /** Copies the lists, and sees to it that they make a table. */
    public Findings {
        setting = List.copyOf(setting);
        rows = List.copyOf(rows);
        conclusions = List.copyOf(conclusions);
        List<String> names = rows.get(0).names();
        for (Row row : rows) {
            if (!row.names().equals(names)) {
                throw new IllegalArgumentException("row " + row.label() + " has " + row.names() + ", not " + names);
            }
        }
    }

    /** What a figure counts. */
    public enum Unit {
        MILLISECONDS("ms", "%,.1f"),
        SECONDS("s", "%,.2f"),
        MEBIBYTES("MiB", "%,.1f"),
        PERCENT("%", "%.1f"),
        RATIO("", "%.2f"),
        COUNT("", "%,.0f"),
        /** 1 for yes, 0 for no. */
        YES_OR_NO("", "%.0f");

        private final String symbol;
        private final String form;

        Unit(String symbol, String form) {
            this.symbol = symbol;
            this.form = form;
        }

        /** Behind a number, empty for a bare one. */
        public String symbol() {
            return symbol;
        }

        /** For {@link String#format}, without the symbol. */
        public String form() {
            return form;
        }
    }

    /**
     * A number with its name.
     *
     * @param name such as {@code downtime}; heading of a column and key in JSON
     * @param value in the unit; NaN if there is none, such as the downtime of a migration that was cancelled
     * @param unit what it counts
     */
    public record Figure(String name, double value, Unit unit) {
        public static Figure millis(String name, long nanos) {
            return new Figure(name, nanos / 1e6, Unit.MILLISECONDS);
        }

        public static Figure seconds(String name, long nanos) {
            return new Figure(name, nanos / 1e9, Unit.SECONDS);
        }

        public static Figure mebibytes(String name, double bytes) {
            return new Figure(name, bytes / (1 << 20), Unit.MEBIBYTES);
        }

        public static Figure percent(String name, double percent) {
            return new Figure(name, percent, Unit.PERCENT);
        }

        public static Figure ratio(String name, double ratio) {
            return new Figure(name, ratio, Unit.RATIO);
        }

        public static Figure count(String name, long count) {
            return new Figure(name, count, Unit.COUNT);
        }

        public static Figure yesOrNo(String name, boolean yes) {
            return new Figure(name, yes ? 1 : 0, Unit.YES_OR_NO);
        }

        /** In place of a figure that this row has none of. */
        public static Figure none(String name, Unit unit) {
            return new Figure(name, Double.NaN, unit);
        }
    }

    /**
     * One run.
     *
     * @param label what distinguishes it from the others
     * @param figures in the order of the columns
     */
    public record Row(String label, List<Figure> figures) {
        public Row {
            figures = List.copyOf(figures);
        }

        public Row(String label, Figure... figures) {
            this(label, List.of(figures));
        }

        private List<String> names() {
            return figures.stream().map(Figure::name).toList();
        }

        /**
         * The value of a figure.
         *
         * @throws IllegalArgumentException if there is none of that name
         */
        public double value(String name) {
            return figures.stream()
                    .filter(figure -> figure.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no figure " + name + " in " + names()))
                    .value();
        }
    }
}
