package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.trace.HeapLayout;

/**
 * A young collection that the hypervisor asked for, played after one that was recorded.
 *
 * @param recorded whose outcome and cost it takes
 * @param written pages that it writes
 * @param stoppedAtNanos trace time at which it stopped the application: the replay goes on behind that
 */
record AskedCollection(YoungCollection recorded, WrittenPages written, long stoppedAtNanos) {

    /**
     * @param before layout in force when it begins, null if there is none
     */
    static AskedCollection of(RecordedRun run, YoungCollection recorded, HeapLayout before, long stoppedAtNanos) {
        return new AskedCollection(recorded, CollectionOutcome.writtenBy(run, recorded, before), stoppedAtNanos);
    }

    /** When it writes what. One nanosecond at least, so that all is written before the application is held. */
    WriteSchedule schedule(RandomStreams random) {
        return new WriteSchedule(
                written,
                Math.max(1, recorded.record().durationNanos()),
                random.stream("moments of a collection's writes", recorded.layoutIndex()));
    }

    /**
     * What an interval writes behind it. The trace has what the collection wrote among what its interval wrote; that is written
     * now. Written again, a guest that is let go because its collection left too much would be one that writes twice as much
     * from then on.
     *
     * @param schedule of the interval
     */
    WriteSchedule restOf(int interval, WriteSchedule schedule, int pages) {
        if (interval != recorded.intervalIndex()) {
            return schedule;
        }
        PageBitmap done = new PageBitmap(pages);
        written.addTo(done);
        return schedule.without(done);
    }
}
