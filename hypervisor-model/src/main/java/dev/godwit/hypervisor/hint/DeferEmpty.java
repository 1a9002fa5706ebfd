package dev.godwit.hypervisor.hint;

/** Sends the young generation as any other memory; what is proven to hold nothing is left out, and dropped at the pause. */
enum DeferEmpty implements TransferPolicy {
    INSTANCE;

    @Override
    public Transfer inRound(HeapMap map, int gfn) {
        return map.isProvenEmpty(gfn) ? Transfer.DEFER : Transfer.SEND;
    }

    @Override
    public Transfer atPause(HeapMap map, int gfn) {
        return map.isProvenEmpty(gfn) ? Transfer.DROP : Transfer.SEND;
    }
}
