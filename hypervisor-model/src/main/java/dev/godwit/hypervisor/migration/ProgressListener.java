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

    /** A migration is over and was checked. */
    default void finished(MigrationResult result) {}
}
