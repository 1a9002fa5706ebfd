package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.Figures;
import dev.godwit.trace.TraceEnd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished recording.
 *
 * @param trace its directory
 * @param end its last record
 * @param writtenBytesPerSecond bytes of pages written, per second
 * @param collections garbage collections
 * @param lost records that the recorder had to drop
 * @param notices what the recorder noticed
 */
public record Outcome(
        Path trace, TraceEnd end, double writtenBytesPerSecond, long collections, long lost, List<String> notices) {

    /** What to tell the user. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        notices.forEach(notice -> lines.add("godwit: notice: " + notice));
        if (lost > 0) {
            lines.add("godwit: the recorder had to drop " + lost + " records; godwit inspect says which");
        }
        if (end.reason() == TraceEnd.Reason.OUT_OF_SPACE) {
            lines.add("godwit: the trace reached its largest size and ends there");
        }
        lines.add("godwit: recorded " + Figures.seconds(end.timeNanos()) + " into " + trace + ": "
                + Figures.mebibytes(writtenBytesPerSecond) + " MiB/s written, " + collections + " collections");
        return lines;
    }
}
