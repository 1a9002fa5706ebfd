package dev.godwit.hypervisor.hint;

/** Whether a page is sent. Pure: the map is all it knows. */
public interface TransferPolicy {

    /** In a round, while the guest runs: {@link Transfer#SEND} or {@link Transfer#DEFER}. */
    Transfer inRound(HeapMap map, int gfn);

    /**
     * At the pause.
     *
     * @param map made from a layout that was read at the pause
     * @return {@link Transfer#SEND} or {@link Transfer#DROP}
     */
    Transfer atPause(HeapMap map, int gfn);

    /** Deferring is a hint, dropping is a proof: leaves young and empty heap out until the pause. */
    static TransferPolicy deferYoung() {
        return DeferYoung.INSTANCE;
    }
}
