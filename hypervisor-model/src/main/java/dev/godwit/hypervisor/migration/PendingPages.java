package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.hint.HeapMap;
import dev.godwit.hypervisor.hint.Transfer;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.memory.Balloon;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/**
 * The pages that the destination lacks as they are: all at first, then those written since they were sent, and those
 * deferred. With what the guest's agent says, which of them to send.
 */
public final class PendingPages {
    private final PageBitmap pending;
    private final PageBitmap deferredOnce;
    private final PageBitmap dropped;
    private final Balloon balloon;
    private final Optional<GuestAgent> agent;
    private TransferPolicy policy;
    private final Consumer<String> notices;
    private Optional<HeapMap> heap = Optional.empty();

    /**
     * @param memory of the guest at the source
     * @param agent inside the guest
     * @param policy which pages are sent, if there is an agent
     * @param notices gets what the reader of the result should know
     */
    public PendingPages(
            GuestMemory memory, Optional<GuestAgent> agent, TransferPolicy policy, Consumer<String> notices) {
        int pages = memory.pages();
        this.balloon = memory.balloon();
        this.pending = new PageBitmap(pages);
        this.deferredOnce = new PageBitmap(pages);
        this.dropped = new PageBitmap(pages);
        this.agent = agent;
        this.policy = policy;
        this.notices = notices;
    }

    public void setAll() {
        pending.setAll();
        balloon.removeFrom(pending);
        readHeap();
    }

    /**
     * Takes over what was written since the last time, clearing it in the log, and asks the agent anew.
     *
     * @return number of pages that had been written
     */
    public int sync(DirtyLog log) {
        int dirtied = log.getAndClear(pending);
        balloon.removeFrom(pending);
        readHeap();
        return dirtied;
    }

    /** A guest that gives a bad answer, or none, is migrated as one that says nothing. */
    private void readHeap() {
        try {
            heap = agent.map(HeapMap::read);
        } catch (RuntimeException bad) {
            heap = Optional.empty();
            notices.accept("heap layout refused, all pages are sent: " + bad.getMessage());
        }
    }

    /** First pending page from {@code from} on, -1 if there is none. */
    public int next(int from) {
        return pending.next(from);
    }

    public int count() {
        return pending.count();
    }

    /**
     * Of the pending pages those that the destination reads from shared storage; they are not pending any more, until they are
     * written.
     *
     * @param inStep pages that are the same there as in memory
     */
    public PageBitmap takeToRefetch(PageBitmap inStep) {
        PageBitmap refetch = new PageBitmap(pending.pages());
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (policy.atStart(inStep.get(gfn)) == Transfer.REFETCH) {
                pending.clear(gfn);
                refetch.set(gfn);
            }
        }
        return refetch;
    }

    /** What to do with a pending page while the guest runs; one that is deferred stays pending. */
    public boolean takeInRound(int gfn) {
        if (leaveBallooned(gfn)) {
            return false;
        }
        if (heap.isPresent() && policy.inRound(heap.get(), gfn) != Transfer.SEND) {
            deferredOnce.set(gfn);
            return false;
        }
        pending.clear(gfn);
        return true;
    }

    /** What to do with a pending page in the pause; none stays pending. */
    public boolean takeAtPause(int gfn) {
        if (leaveBallooned(gfn)) {
            return false;
        }
        pending.clear(gfn);
        if (heap.isPresent() && policy.atPause(heap.get(), gfn) == Transfer.DROP) {
            dropped.set(gfn);
            return false;
        }
        return true;
    }

    /** A page that was given back is listed, not sent; when the guest needs it again it is logged as written. */
    private boolean leaveBallooned(int gfn) {
        boolean given = balloon.holds(gfn);
        if (given) {
            pending.clear(gfn);
        }
        return given;
    }

    /** Decides about every pending page in the pause; those to be sent are set. */
    public void takeAllAtPause(PageBitmap send) {
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            if (takeAtPause(gfn)) {
                send.set(gfn);
            }
        }
    }

    /** Bytes that would be sent in a pause now, if nothing were collected before it. */
    public double sentInPause(IntToDoubleFunction bytesOfPage) {
        double send = 0;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            boolean drop = heap.isPresent() && policy.atPause(heap.get(), gfn) == Transfer.DROP;
            send += drop ? 0 : bytesOfPage.applyAsDouble(gfn);
        }
        return send;
    }

    /** Bytes that would be sent in a round now. */
    public double sentInRound(IntToDoubleFunction bytesOfPage) {
        double send = 0;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            boolean defer = heap.isPresent() && policy.inRound(heap.get(), gfn) != Transfer.SEND;
            send += defer ? 0 : bytesOfPage.applyAsDouble(gfn);
        }
        return send;
    }

    /** Of the bytes that would be sent in a pause now, those of young objects. */
    public double youngInPause(IntToDoubleFunction bytesOfPage) {
        double young = 0;
        for (int gfn = pending.next(0); gfn >= 0; gfn = pending.next(gfn + 1)) {
            young += isYoung(gfn) ? bytesOfPage.applyAsDouble(gfn) : 0;
        }
        return young;
    }

    /** Asks the agent, and counts the pages with young objects, pending or not. */
    public long youngPages() {
        readHeap();
        long young = 0;
        for (int gfn = 0; heap.isPresent() && gfn < pending.pages(); gfn++) {
            young += isYoung(gfn) && !balloon.holds(gfn) ? 1 : 0;
        }
        return young;
    }

    private boolean isYoung(int gfn) {
        return heap.isPresent() && heap.get().isYoungOrEmpty(gfn) && !heap.get().isProvenEmpty(gfn);
    }

    /** From now on the young generation goes in the rounds, as any other memory. */
    public void sendYoungInRounds() {
        policy = TransferPolicy.deferEmpty();
    }

    /** Pages that were left out of a round at least once. */
    public long deferred() {
        return deferredOnce.count();
    }

    /** Pages that were proven empty and not sent. */
    public PageBitmap dropped() {
        return dropped;
    }
}
