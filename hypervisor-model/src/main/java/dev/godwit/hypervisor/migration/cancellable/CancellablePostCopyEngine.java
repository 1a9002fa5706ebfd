package dev.godwit.hypervisor.migration.cancellable;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.demand.DemandSide;
import dev.godwit.hypervisor.migration.demand.HomeWay;
import dev.godwit.hypervisor.migration.demand.RunAhead;
import dev.godwit.hypervisor.migration.demand.WayHome;
import java.util.Optional;
import java.util.function.Function;

/** One cancellable post-copy migration, from the first message to the last; {@link #run} reads as the protocol. */
public final class CancellablePostCopyEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "cancellable-post-copy";

    private final Course course;
    private final RunAhead runAhead;

    public CancellablePostCopyEngine(MigrationSetting setting) {
        course = new Course(setting);
        runAhead = new RunAhead(course, Optional.of(new WayHome(course, true)));
    }

    private CancellablePostCopyEngine(Course course, RunAhead runAhead) {
        this.course = course;
        this.runAhead = runAhead;
    }

    /** To a destination that is not modelled, with a way home that is not either. */
    public static CancellablePostCopyEngine to(
            DemandSide destination, MigrationSetting setting, Function<Course, HomeWay> wayHome) {
        Course course = new Course(setting);
        return new CancellablePostCopyEngine(
                course, new RunAhead(course, Optional.of(wayHome.apply(course)), destination));
    }

    /**
     * Migrates. The VM is lost only if the source host is, before all memory has left it. Cancelled at any moment, it runs at
     * the source with all that it has done; if the destination or the link fails, from its last consistent point on.
     */
    @Override
    public Migration run() {
        return course.run(() -> {
            course.collect();
            course.pause("cancellable post-copy: memory follows, and changes come back");
            PageBitmap missing = course.chooseAtPause();
            runAhead.switchOver(missing, course.pending().dropped());
            runAhead.fetch(missing, runAhead.order(missing), gfn -> false, 1);
        });
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
