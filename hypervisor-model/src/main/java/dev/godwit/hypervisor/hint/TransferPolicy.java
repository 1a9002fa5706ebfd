package dev.godwit.hypervisor.hint;

/** Whether a page is sent. Pure: the map is all it knows. */
public interface TransferPolicy {

    /**
     * Before the first round.
     *
     * @param inStep true if the page is the same on shared storage as in memory, and a write from now on is seen
     * @return {@link Transfer#SEND} or {@link Transfer#REFETCH}
     */
    default Transfer atStart(boolean inStep) {
        return inStep ? Transfer.REFETCH : Transfer.SEND;
    }

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

    /** The same, but the young generation goes in the rounds: for one that is mostly alive. */
    static TransferPolicy deferEmpty() {
        return DeferEmpty.INSTANCE;
    }
}
