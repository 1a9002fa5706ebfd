package dev.godwit.hypervisor.hint;

/** Leaves out what will most likely be dead at the pause; at the pause, what is proven to be. */
enum DeferYoung implements TransferPolicy {
    INSTANCE;

    @Override
    public Transfer inRound(HeapMap map, int gfn) {
        return map.isYoungOrEmpty(gfn) ? Transfer.DEFER : Transfer.SEND;
    }

    @Override
    public Transfer atPause(HeapMap map, int gfn) {
        return map.isProvenEmpty(gfn) ? Transfer.DROP : Transfer.SEND;
    }
}
