package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.Figures;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.PrintWriter;

/** One line for each round. */
public final class RehearsalProgress implements ProgressListener {
    private static final int PAGE_BYTES = 4096;

    private final PrintWriter err;
    private final TcpOptions link;

    public RehearsalProgress(PrintWriter err, TcpOptions link) {
        this.err = err;
        this.link = link;
    }

    @Override
    public void roundEnded(RoundStatistics round) {
        String line = "round " + round.round() + (round.paused() ? ", paused" : "") + ": sent "
                + Figures.mebibytes(round.sentBytes()) + " MiB in " + Figures.milliseconds(round.durationNanos());
        if (!round.paused()) {
            long pauseNanos = (long) (round.leftBytes() * 1e9 / link.bandwidthBytesPerSecond()) + link.latencyNanos();
            line += ", written " + Figures.mebibytes(round.dirtiedBytesPerSecond(PAGE_BYTES)) + " MiB/s, "
                    + Figures.mebibytes(round.leftBytes()) + " MiB left: a pause now would last "
                    + Figures.milliseconds(pauseNanos);
        }
        err.println(line);
        err.flush();
    }
}
