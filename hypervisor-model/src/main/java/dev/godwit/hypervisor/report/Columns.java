package dev.godwit.hypervisor.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Rows of text under each other: the first column to the left, the others to the right, a line under the headings. */
final class Columns {
    private Columns() {}

    /**
     * Lays them out.
     *
     * @param rows headings first; all of the same length
     * @return lines ended by a line feed
     */
    static String of(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> IntStream.range(0, widths.length)
                .forEach(i -> widths[i] = Math.max(widths[i], row.get(i).length())));
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(String.format(
                        Locale.ROOT,
                        i == 0 ? "%-" + Math.max(1, widths[i]) + "s" : "  %" + widths[i] + "s",
                        row.get(i)));
            }
            table.append(line.toString().stripTrailing()).append('\n');
            if (row == rows.get(0)) {
                table.append("-".repeat(IntStream.of(widths).sum() + 2 * (widths.length - 1)))
                        .append('\n');
            }
        }
        return table.toString();
    }
}
