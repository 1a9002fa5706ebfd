package dev.godwit.hypervisor.migration;

/** Follows a migration while it is computed. Called on the computing thread; must be quick. */
public interface ProgressListener {
    /** Listens to nothing. */
    ProgressListener NONE = new ProgressListener() {};

    /** A migration begins. */
    default void started(String technique, boolean hints) {}

    /**
     * Some thousand pages of a round were looked at.
     *
     * @param round from one
     * @param donePages pages of the round so far
     * @param totalPages pages that the round began with
     */
    default void progressed(int round, long donePages, long totalPages) {}

    /** A round is over. */
    default void roundEnded(RoundStatistics round) {}

    /** The guest runs at the destination, and is asked to come home. */
    default void goesHome() {}

    /**
     * What the guest wrote at the destination has come back whole.
     *
     * @param gfns pages; not to be changed
     * @param contents what they hold, as tokens; not to be changed
     * @param last true if the guest stands still there, and goes on here
     */
    default void cameBack(int[] gfns, long[] contents, boolean last) {}

    /** A migration is over and was checked. */
    default void finished(MigrationResult result) {}
}
