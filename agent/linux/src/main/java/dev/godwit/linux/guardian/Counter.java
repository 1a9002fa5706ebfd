package dev.godwit.linux.guardian;

/** What the guardian counts, in shared memory; read by {@link SafetyCopy#counter} at any time. */
public enum Counter {
    /** Page faults of the process that were read. */
    FAULTS(0),
    /** Faults that made the controller be asked for a page. */
    ASKED(1),
    /** Pages brought because the controller said that they arrived. */
    PLACED_ARRIVED(2),
    /** Pages brought from the copy without the controller: it was gone or gave up, or the page was needed at once. */
    PLACED_FROM_COPY(3),
    /** Of these, pages that the controller was asked for and did not bring before the deadline. */
    PLACED_LATE(4),
    /** Pages brought before the process went on, as the kernel itself may need them. */
    PLACED_BEFORE_RESUME(5),
    /** Pages of zeros that were brought on a fault. */
    ZEROED(6),
    /** Pages still to be brought when the process gave them back. */
    GIVEN_BACK(7),
    /** Pages still to be brought whose place was not mapped any more. */
    UNMAPPED(8),
    /** Children that the process forked while pages were missing. */
    FORKS(9),
    /** Pages that are still to be brought. */
    REMAINING(10),
    /** Time of {@code System.nanoTime} in the guardian's JVM between the process going on and the last page; 0 before. */
    SERVING_NANOS(11),
    /** Longest time from reading a fault to its page being there, in nanoseconds. */
    LONGEST_FAULT_NANOS(12),
    /** Sum of these times over all faults. */
    FAULT_NANOS(13),
    /** Times that the kernel asked to read an event first. */
    RETRIES(14);

    private final int index;

    Counter(int index) {
        this.index = index;
    }

    int index() {
        return index;
    }
}
