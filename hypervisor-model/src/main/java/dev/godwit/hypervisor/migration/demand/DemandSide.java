package dev.godwit.hypervisor.migration.demand;

/**
 * What the source hears of a guest that runs at the destination ahead of its memory: which pages it waits for, and which
 * have arrived. In a replay that follows from virtual time ({@link ModelledSide}); in a rehearsal it is so.
 *
 * <p>One thread uses it.
 */
public interface DemandSide {
    /** What {@link #takeRequest} says if there is none. */
    int NO_REQUEST = -1;

    /** Takes note of all that has happened by now. Does not wait. */
    void hear();

    /** The next page that the destination asked for, if the request has reached the source by now. */
    int takeRequest();

    /** A page was given to the link. */
    void sent(int gfn, long content);

    /** What was given to the link has to leave now: somebody waits for it, or nothing is added to it any more. */
    default void flush() {}

    /** True while a page that was sent has not arrived. */
    boolean isUnderway();

    /** False while so much is on its way that a page which somebody waits for would stand behind it. */
    default boolean mayPush() {
        return true;
    }

    /** Waits until a request or a page arrives, while something is underway. */
    void await();

    /** Waits for as long, or until a request or a page arrives. */
    void listen(long nanos);

    /** Requests of the destination so far, one for each fault that made it ask. */
    long requests();
}
