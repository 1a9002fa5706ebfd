package dev.godwit.hypervisor.migration.demand;

/**
 * A way back for a guest that runs at the destination: what it writes there comes back to the source, over the other
 * direction of the link. In a replay a {@link WayHome}.
 */
public interface HomeWay {
    /** The guest is about to run at the destination; the source stands still and has all of it. */
    void open();

    /** The guest runs at the destination. */
    void begin();

    /** From now on the guest comes home as fast as it can. */
    void goHome();

    /** True when the guest runs at the source again. */
    boolean isHome();

    /** Since when it does. */
    long homeNanos();

    /** All of the guest is at the destination, which needs the source no more. */
    void forget();

    /**
     * The destination, or the way to it, is lost: the source goes on from the last point that it has whole.
     *
     * @return false if there is none to go on from
     */
    boolean fallBack();

    /** True if what comes back makes points that the source could go on from. */
    boolean keepsPoints();
}
