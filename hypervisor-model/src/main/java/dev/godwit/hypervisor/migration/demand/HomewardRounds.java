package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Liaison;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import java.util.function.BooleanSupplier;

/**
 * When a guest that comes home is stopped for good: as on the way out, when what is left fits into the downtime limit. It has
 * to come home in any case, so that it is stopped too when rounds do not become smaller, or are as many as may be.
 *
 * <p>If its agent can collect, that comes before the last stop, up to ten times if too much is left alive.
 */
final class HomewardRounds {
    /** Rounds that are made even if they do not become smaller. */
    static final int FUTILE_ROUNDS = 5;

    /** A round that leaves less than this share of the least that was left before is worth another. */
    private static final double WORTHWHILE = 0.9;

    private static final int MOST_COLLECTIONS = 10;

    /** How often it is looked whether a collection is over. */
    private static final long LOOK_NANOS = 1_000_000;

    private final MigrationSetting setting;
    private final Liaison liaison;
    private final LeftBehind leftBehind;
    private final PageBitmap changed;
    private int rounds;
    private double leastLeftBytes = Double.MAX_VALUE;
    private double expectedBytes;
    private int collections;
    private boolean forGood;

    /**
     * @param changed written and not at home
     */
    HomewardRounds(Course course, LeftBehind leftBehind, PageBitmap changed) {
        this.setting = course.setting();
        this.liaison = course.liaison();
        this.leftBehind = leftBehind;
        this.changed = changed;
    }

    /** True if the next stop is to be the last one, behind a collection if there is one to be had. */
    boolean isForGood() {
        return forGood;
    }

    /** True if the young generation will be collected, so that it is not sent before. */
    boolean defersYoung() {
        return liaison.canCollect();
    }

    /** True if this stop is the last one; asked once at each. */
    boolean mayStop() {
        if (forGood) {
            double alive = leftBytes(false);
            forGood = !liaison.canCollect() || collections >= MOST_COLLECTIONS || fits(alive);
            if (!forGood) {
                liaison.letGo((long) (alive - expectedBytes));
                leastLeftBytes = Double.MAX_VALUE;
            }
            return forGood;
        }
        rounds++;
        boolean collects = liaison.canCollect();
        double left = leftBytes(collects) + (collects ? liaison.predictedSurvivorBytes() : 0);
        expectedBytes = left;
        boolean worthwhile = left < WORTHWHILE * leastLeftBytes;
        leastLeftBytes = Math.min(leastLeftBytes, left);
        forGood = fits(left) || rounds > setting.convergence().maxRounds() || (rounds > FUTILE_ROUNDS && !worthwhile);
        return forGood && !collects;
    }

    private boolean fits(double leftBytes) {
        return setting.convergence()
                .fits(new ConvergencePolicy.Statistics(
                        rounds,
                        (long) leftBytes + MigrationEngine.STATE_BYTES,
                        setting.link().backBandwidthBytesPerSecond(),
                        setting.link().latencyNanos()));
    }

    /** What a stop now would send, with a collection before it or without. */
    private double leftBytes(boolean collected) {
        long pages = 0;
        for (int gfn = changed.next(0); gfn >= 0; gfn = changed.next(gfn + 1)) {
            pages += leftBehind.stays(gfn, collected) ? 0 : 1;
        }
        return (double) pages * setting.encoder().encodedBytes(false);
    }

    /**
     * Has the young generation collected before the last stop.
     *
     * @param over true when nobody wants that any more
     * @param stop is run when the application is held, or at once if there is no collection
     */
    void collectBefore(BooleanSupplier over, Runnable stop) {
        if (liaison.prepare()) {
            collections++;
            awaitPrepared(over, stop);
        } else {
            collections = MOST_COLLECTIONS;
            stop.run();
        }
    }

    private void awaitPrepared(BooleanSupplier over, Runnable stop) {
        if (over.getAsBoolean()) {
            return;
        }
        if (liaison.isPrepared()) {
            liaison.prepared();
            stop.run();
        } else {
            setting.virtualClock().at(setting.clock().nanos() + LOOK_NANOS, () -> awaitPrepared(over, stop));
        }
    }
}
