package dev.godwit.hypervisor.migration.postcopy;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.demand.DemandSide;
import dev.godwit.hypervisor.migration.demand.PushOrder;
import dev.godwit.hypervisor.migration.demand.RunAhead;
import java.util.Optional;

/** One post-copy migration, from the first message to the last; {@link #run} reads as the protocol. */
public final class PostCopyEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "post-copy";

    private final Course course;
    private final RunAhead runAhead;
    private final Optional<PushOrder> givenOrder;

    public PostCopyEngine(MigrationSetting setting) {
        this(setting, Optional.empty());
    }

    /** To a destination that is not modelled. */
    public PostCopyEngine(MigrationSetting setting, DemandSide destination) {
        givenOrder = Optional.empty();
        course = new Course(setting);
        runAhead = new RunAhead(course, Optional.empty(), destination);
    }

    /** With an order of its own, to measure others against. */
    PostCopyEngine(MigrationSetting setting, Optional<PushOrder> order) {
        givenOrder = order;
        course = new Course(setting);
        runAhead = new RunAhead(course);
    }

    /**
     * Migrates. Up to the switch exactly one VM runs whatever happens; behind it a failure loses the VM, and the result
     * says so. The agent is told in every case.
     */
    @Override
    public Migration run() {
        return course.run(() -> {
            course.collect();
            course.pause("post-copy: memory follows");
            PageBitmap missing = course.chooseAtPause();
            runAhead.switchOver(missing, course.pending().dropped());
            runAhead.fetch(missing, order(missing), gfn -> false, 1);
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

    private PushOrder order(PageBitmap missing) {
        return givenOrder.orElseGet(() -> runAhead.order(missing));
    }
}
