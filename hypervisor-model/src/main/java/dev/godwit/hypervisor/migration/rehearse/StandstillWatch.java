package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.sim.WallClock;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a program does not stand still for a host that says nothing: when nothing goes on while it stands, or it
 * stands for very long, the connection is cut, and the program runs on.
 */
final class StandstillWatch implements AutoCloseable {
    private static final long LONGEST_NANOS = 10_000_000_000L;
    private static final long RUNS = Long.MIN_VALUE;

    private final SourceStream stream;
    private final long longestNanos;
    private final Thread thread;
    private volatile long sinceNanos = RUNS;
    private volatile boolean closed;
    private volatile boolean busy;
    private long stoodNanos;

    private StandstillWatch(SourceStream stream, long longestNanos) {
        this.stream = stream;
        this.longestNanos = longestNanos;
        this.thread = new Thread(this::look, "godwit-standstill");
        thread.setDaemon(true);
    }

    static StandstillWatch of(SourceStream stream, long downtimeLimitNanos) {
        StandstillWatch watch = new StandstillWatch(stream, Math.max(LONGEST_NANOS, 10 * downtimeLimitNanos));
        watch.thread.start();
        return watch;
    }

    /** The program stands from now on. */
    void stands() {
        if (sinceNanos == RUNS) {
            sinceNanos = WallClock.nanos();
        }
    }

    /** The program is about to go on. */
    void goesOn() {
        long since = sinceNanos;
        if (since != RUNS) {
            stoodNanos += WallClock.nanos() - since;
            sinceNanos = RUNS;
        }
    }

    /** True while the program stands for what is done here, and nothing is expected of the destination. */
    void busy(boolean here) {
        stream.alive();
        busy = here;
    }

    /** How long it has stood in all. */
    long stoodNanos() {
        return stoodNanos;
    }

    private void look() {
        Silence silence = new Silence(WallClock.nanos());
        long lastSeenNanos = 0;
        while (!closed) {
            long since = sinceNanos;
            long now = WallClock.nanos();
            long seen = stream.progressNanos();
            boolean silent = since != RUNS && !busy && seen == lastSeenNanos;
            lastSeenNanos = seen;
            if (silence.isTooLong(silent, now)) {
                stream.cut(Silence.text("stood still"));
                return;
            }
            if (since != RUNS && now - since > longestNanos) {
                stream.cut("the program stood still for " + longestNanos / 1_000_000_000
                        + " s, far beyond the downtime limit");
                return;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(Silence.LOOK_NANOS);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
