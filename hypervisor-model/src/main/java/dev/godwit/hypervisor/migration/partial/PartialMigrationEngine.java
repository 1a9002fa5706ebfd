package dev.godwit.hypervisor.migration.partial;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.demand.RunAhead;
import dev.godwit.hypervisor.migration.demand.WayHome;
import java.util.Optional;

/**
 * One partial migration: out, a stay, and home again; {@link #run} reads as the protocol.
 *
 * <p>Its total time is that of the two ways, not of the stay between them. A trace knows which pages are written, not which
 * are read: in a replay a page that the guest only reads is not fetched, so that what was fetched is the least it can be.
 */
public final class PartialMigrationEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "partial";

    /** How long the guest stays if nobody says otherwise. */
    public static final long DEFAULT_STAY_NANOS = 30_000_000_000L;

    private final Course course;
    private final RunAhead runAhead;
    private final long stayNanos;
    private final long lookNanos;

    /**
     * With a look whenever a request could have arrived.
     *
     * @param stayNanos how long the guest stays before it goes home, not negative
     */
    public PartialMigrationEngine(MigrationSetting setting, long stayNanos) {
        this(setting, stayNanos, 0);
    }

    /**
     * @param stayNanos how long the guest stays before it goes home, not negative
     * @param lookNanos how long nobody looks whether the guest waits: a long stay of an idle guest is computed faster, and the
     *     guest waits up to so much longer for a page
     */
    public PartialMigrationEngine(MigrationSetting setting, long stayNanos, long lookNanos) {
        this.stayNanos = stayNanos;
        this.lookNanos = lookNanos;
        course = new Course(setting);
        runAhead = new RunAhead(course, Optional.of(new WayHome(course, false)));
    }

    /**
     * Migrates there and back. Completed, and cancelled too, the VM runs at home with all that it has done; a failure while it
     * is away loses it, and the result says so.
     */
    @Override
    public Migration run() {
        Migration migration = course.run(() -> {
            course.collect();
            course.pause("partial migration: what is touched follows");
            PageBitmap missing = course.chooseAtPause();
            runAhead.switchOver(missing, course.pending().dropped());
            runAhead.stay(missing, stayNanos, lookNanos);
        });
        statistics()
                .away()
                .ifPresent(away -> statistics().setTotalNanos(statistics().totalNanos() - away.stayNanos()));
        return migration;
    }

    @Override
    public MigrationStatistics statistics() {
        return course.statistics();
    }

    @Override
    public PageBitmap dropped() {
        return course.pending().dropped();
    }
}
