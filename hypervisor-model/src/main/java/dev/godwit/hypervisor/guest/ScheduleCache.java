package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.sim.RandomStreams;

/** Schedules of the intervals of a run, kept from lap to lap as far as memory allows. */
final class ScheduleCache {
    /** Five bytes each: 320 MiB. */
    private static final long MAX_PAGES = 64L << 20;

    private final RecordedRun run;
    private final RandomStreams random;
    private final WriteSchedule[] schedules;
    private long pages;

    ScheduleCache(RecordedRun run, RandomStreams random) {
        this.run = run;
        this.random = random;
        this.schedules = new WriteSchedule[run.intervalCount()];
    }

    /** The schedule of an interval, the same in every lap. */
    WriteSchedule of(int index) {
        if (schedules[index] != null) {
            return schedules[index];
        }
        Interval interval = run.intervals().get(index);
        WriteSchedule schedule =
                new WriteSchedule(interval.written(), interval.nanos(), random.stream("moments of writes", index));
        long cost = (long) interval.written().pages() + WriteSchedule.SLOTS;
        if (pages + cost <= MAX_PAGES) {
            pages += cost;
            schedules[index] = schedule;
        }
        return schedule;
    }
}
