package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.hint.HeapMap;
import dev.godwit.hypervisor.hint.Transfer;
import dev.godwit.hypervisor.hint.TransferPolicy;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which of the pages that a guest has written need not go back to the source, by the heap's layout as it is read while the guest
 * stands still. Without an agent all of them go.
 */
final class LeftBehind {
    private final Optional<GuestAgent> agent;
    private final TransferPolicy policy;
    private final Consumer<String> notices;
    private Optional<HeapMap> heap = Optional.empty();

    /**
     * @param notices gets what the reader of the result should know
     */
    LeftBehind(Optional<GuestAgent> agent, TransferPolicy policy, Consumer<String> notices) {
        this.agent = agent;
        this.policy = policy;
        this.notices = notices;
    }

    /** Reads the layout anew; the guest stands still. One that gives a bad answer, or none, is treated as one that says nothing. */
    void read() {
        try {
            heap = agent.map(HeapMap::read);
        } catch (RuntimeException bad) {
            heap = Optional.empty();
            notices.accept("heap layout refused, all that was written goes back: " + bad.getMessage());
        }
    }

    /**
     * True if a page is not sent now.
     *
     * @param withYoung true if there will be another stop, behind a collection: then what is young stays too; else only what is
     *     proven to hold nothing
     */
    boolean stays(int gfn, boolean withYoung) {
        if (heap.isEmpty()) {
            return false;
        }
        return withYoung
                ? policy.inRound(heap.get(), gfn) != Transfer.SEND
                : policy.atPause(heap.get(), gfn) == Transfer.DROP;
    }
}
