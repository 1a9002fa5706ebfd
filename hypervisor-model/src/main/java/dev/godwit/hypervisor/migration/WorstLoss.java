package dev.godwit.hypervisor.migration;

/**
 * What the loss of a host at the worst moment of a migration would have cost, over what the loss of the VM's own host costs
 * without one. A moment is exact: a failure then, in the same run, costs just this.
 *
 * @param destinationHost loss of the destination host, at any moment
 * @param sourceHost loss of the source host after the VM has left it; before, it takes the VM with it as ever
 */
public record WorstLoss(Loss destinationHost, Loss sourceHost) {
    /** Nothing to fear from either. */
    public static final WorstLoss NOTHING = new WorstLoss(Loss.NOTHING, Loss.NOTHING);

    /** What either host's loss costs at worst. */
    public Loss worse() {
        return destinationHost.orWorse(sourceHost);
    }

    WorstLoss raise(Loss destination, Loss source) {
        return new WorstLoss(destinationHost.orWorse(destination), sourceHost.orWorse(source));
    }
}
