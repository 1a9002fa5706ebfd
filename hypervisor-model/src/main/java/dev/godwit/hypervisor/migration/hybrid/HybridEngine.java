package dev.godwit.hypervisor.migration.hybrid;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.PageSender;
import dev.godwit.hypervisor.migration.PendingPages;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.demand.DemandSide;
import dev.godwit.hypervisor.migration.demand.RunAhead;
import dev.godwit.hypervisor.sim.Clock;
import java.util.Optional;
import java.util.function.Function;

/** One hybrid migration, from the first message to the last; {@link #run} reads as the protocol. */
public final class HybridEngine implements MigrationEngine {
    /** Name in reports. */
    public static final String TECHNIQUE = "hybrid";

    private static final int PAGES_BETWEEN_REPORTS = 4096;

    private final MigrationSetting setting;
    private final Clock clock;
    private final Course course;
    private final MigrationStatistics statistics;
    private final PageSender sender;
    private final PendingPages pending;
    private final RunAhead runAhead;
    private final PageBitmap missing;

    public HybridEngine(MigrationSetting setting) {
        this(setting, RunAhead::new);
    }

    /** To a destination that is not modelled. */
    public HybridEngine(MigrationSetting setting, DemandSide destination) {
        this(setting, course -> new RunAhead(course, Optional.empty(), destination));
    }

    private HybridEngine(MigrationSetting setting, Function<Course, RunAhead> ahead) {
        this.setting = setting;
        clock = setting.clock();
        course = new Course(setting);
        statistics = course.statistics();
        sender = new PageSender(setting, statistics);
        pending = course.pending();
        runAhead = ahead.apply(course);
        missing = new PageBitmap(setting.source().memory().pages());
    }

    /**
     * Migrates. Up to the switch exactly one VM runs whatever happens; behind it a failure loses the VM, and the result
     * says so. The agent is told in every case.
     */
    @Override
    public Migration run() {
        return course.run(() -> {
            course.startLogging();
            sendRound();
            course.collect();
            pause();
            pending.takeAllAtPause(missing);
            // The destination has to know which of its pages are out of date; all others stay as they are.
            runAhead.switchOver(missing, missing);
            runAhead.fetch(missing, runAhead.order(missing), sender::wasSent, 2);
        });
    }

    @Override
    public MigrationStatistics statistics() {
        return statistics;
    }

    @Override
    public PageBitmap dropped() {
        return pending.dropped();
    }

    /** All of memory but what the policy defers, while the guest writes on. */
    private void sendRound() {
        long from = clock.nanos();
        int total = pending.count();
        int done = 0;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (pending.takeInRound(gfn) && sender.send(gfn)) {
                course.checkCancelled();
            }
            if (++done % PAGES_BETWEEN_REPORTS == 0) {
                setting.progress().progressed(1, done, total);
            }
        }
        sender.flush();
        int deferred = pending.count();
        int dirtied = course.syncDirtyLog();
        RoundStatistics ended = new RoundStatistics(
                1,
                false,
                clock.nanos() - from,
                sender.sentPages(),
                statistics.transferredBytes(),
                deferred,
                dirtied,
                (long) pending.sentInPause(sender::expectedBytes) + course.stateBytes());
        statistics.endRound(ended);
        setting.progress().roundEnded(ended);
        course.checkCancelled();
    }

    private void pause() {
        course.pause("the round is over: what was written meanwhile follows");
        statistics.guestPaused();
        // The last reading of the log and the layout that drops pages: both while nothing can write any more.
        course.syncDirtyLog();
    }
}
