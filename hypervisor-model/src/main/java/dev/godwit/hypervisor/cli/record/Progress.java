package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.Figures;
import dev.godwit.hypervisor.cli.Terminal;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;

/** Shows how far a recording is: a bar when standard error is a terminal, else a line now and then. */
public abstract class Progress implements AutoCloseable {

    /** The form that suits where standard error goes. */
    public static Progress start(PrintWriter err, OptionalLong durationNanos) {
        return Terminal.isWatched() ? new Bar(durationNanos) : new Lines(err, durationNanos);
    }

    /** Takes the newest figures; call it often. */
    public abstract void show(TraceFollower follower);

    @Override
    public abstract void close();

    private static String figures(TraceFollower follower) {
        return String.format(
                Locale.ROOT,
                "%s MiB/s written, %d collections",
                Figures.mebibytes(follower.latestBytesPerSecond()),
                follower.collections());
    }

    private static final class Bar extends Progress {
        private final ProgressBar bar;

        Bar(OptionalLong durationNanos) {
            long seconds = durationNanos.isPresent() ? TimeUnit.NANOSECONDS.toSeconds(durationNanos.getAsLong()) : -1;
            bar = Terminal.bar("recording", seconds, " s");
        }

        @Override
        public void show(TraceFollower follower) {
            bar.stepTo(TimeUnit.NANOSECONDS.toSeconds(follower.reachedNanos()));
            bar.setExtraMessage(follower.hasBegun() ? figures(follower) : "starting");
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private static final class Lines extends Progress {
        private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

        private final PrintWriter err;
        private final String whole;
        private long nextNanos = STEP_NANOS;

        Lines(PrintWriter err, OptionalLong durationNanos) {
            this.err = err;
            this.whole = durationNanos.isPresent() ? " of " + Figures.seconds(durationNanos.getAsLong()) : "";
        }

        @Override
        public void show(TraceFollower follower) {
            if (follower.reachedNanos() >= nextNanos) {
                err.println("godwit: recorded " + Figures.seconds(follower.reachedNanos()) + whole + ", "
                        + figures(follower));
                err.flush();
                nextNanos = (follower.reachedNanos() / STEP_NANOS + 1) * STEP_NANOS;
            }
        }

        @Override
        public void close() {
            // Nothing is on the screen that would have to go.
        }
    }
}
