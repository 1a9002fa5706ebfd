package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.migration.compare.MeasuredRehearsal;
import dev.godwit.hypervisor.report.PredictionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code godwit rehearse --json} wrote. */
final class RehearsalFile {
    private static final long MAX_BYTES = 64L << 20;

    private RehearsalFile() {}

    static MeasuredRehearsal read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException("it is larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            return PredictionReport.measured(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "cannot read the rehearsal " + file + ": it is not there, or not to be read",
                    unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(
                    ExitCode.FAILED, "cannot use the rehearsal " + file + ": " + wrong.getMessage(), wrong);
        }
    }
}
