package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Watches a guest that has left the source for the states that it could come back to: as it was at the switch, and as it was
 * at each stop at the destination. If it comes back, it must be in one of them, all of it: no page older, none newer.
 *
 * <p>Only the two last stops are kept: one that is whole, and one that is on its way.
 */
final class ReturnWatch {
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final PageBitmap dropped;
    private final GuestAgent agent;
    private final Consumer<String> problems;
    /** What each page held at the older state kept. */
    private long[] base;

    private boolean baseIsOwn;

    private final PageBitmap changedSinceSwitch;
    private final PageBitmap writtenSinceStop;
    private final List<Stop> stops = new ArrayList<>();
    private long basePosition;
    private EmptyProof baseProof;
    private boolean back;
    private long positionWhenBack;

    /** The guest stood still at the destination: where its VCPU stood, and what it had written since the stop before. */
    private static final class Stop {
        private final long position;
        private final EmptyProof proof;
        private final int[] gfns;
        private final long[] contents;

        Stop(long position, EmptyProof proof, int pages) {
            this.position = position;
            this.proof = proof;
            this.gfns = new int[pages];
            this.contents = new long[pages];
        }
    }

    /**
     * @param atPause what each page held at the switch
     * @param position where the VCPU stood
     * @param dropped pages whose content is nobody's concern until they are written
     * @param agent asked at each stop which pages hold nothing: what they hold is nobody's concern either
     * @param proof the same at the switch
     */
    ReturnWatch(
            VirtualMachine source,
            VirtualMachine destination,
            long[] atPause,
            long position,
            PageBitmap dropped,
            GuestAgent agent,
            EmptyProof proof,
            Consumer<String> problems) {
        this.source = source;
        this.destination = destination;
        this.base = atPause;
        this.basePosition = position;
        this.dropped = dropped;
        this.agent = agent;
        this.baseProof = proof;
        this.problems = problems;
        this.changedSinceSwitch = new PageBitmap(atPause.length);
        this.writtenSinceStop = new PageBitmap(atPause.length);
    }

    /** The guest writes at the destination. */
    void written(int gfn) {
        writtenSinceStop.set(gfn);
    }

    /** The guest stands still at the destination. */
    void stopped() {
        Stop stop = new Stop(destination.vcpu().programNanos(), EmptyProof.read(agent), writtenSinceStop.count());
        for (int i = 0, gfn = writtenSinceStop.next(0); gfn >= 0; gfn = writtenSinceStop.next(gfn + 1)) {
            stop.gfns[i] = gfn;
            stop.contents[i++] = destination.memory().peek(gfn);
        }
        writtenSinceStop.clear();
        stops.add(stop);
        if (stops.size() > 2) {
            fold(stops.remove(0));
        }
    }

    private void fold(Stop stop) {
        if (!baseIsOwn) {
            base = base.clone();
            baseIsOwn = true;
        }
        for (int i = 0; i < stop.gfns.length; i++) {
            base[stop.gfns[i]] = stop.contents[i];
            changedSinceSwitch.set(stop.gfns[i]);
        }
        basePosition = stop.position;
        baseProof = stop.proof;
    }

    /** The guest runs at the source again. */
    void cameBack() {
        back = true;
        positionWhenBack = source.vcpu().programNanos();
        if (!foldUntil(positionWhenBack)) {
            problems.accept("the VCPU came back at " + positionWhenBack
                    + " ns, where it never stood still, or stood longer ago than the last two stops");
            return;
        }
        int differing = firstDifference();
        if (differing >= 0) {
            problems.accept("frame " + differing + " came back as "
                    + PageContent.describe(source.memory().peek(differing)) + ", when the VCPU stood there it was "
                    + PageContent.describe(base[differing]));
        }
    }

    /** Makes the state in which the VCPU stood at a position the one kept, if it is one of those kept. */
    private boolean foldUntil(long position) {
        int last = -1;
        for (int i = 0; i < stops.size(); i++) {
            last = stops.get(i).position == position ? i : last;
        }
        for (int i = 0; i <= last; i++) {
            fold(stops.remove(0));
        }
        return basePosition == position;
    }

    private int firstDifference() {
        for (int gfn = 0; gfn < base.length; gfn++) {
            boolean concern = !dropped.get(gfn) || changedSinceSwitch.get(gfn);
            if (concern && source.memory().peek(gfn) != base[gfn] && !baseProof.isProvenEmpty(gfn)) {
                return gfn;
            }
        }
        return -1;
    }

    /** True if the source's memory is one of the states kept, whole. For a guest that has not come back. */
    boolean sourceHoldsAPoint() {
        if (firstDifference() < 0) {
            return true;
        }
        while (!stops.isEmpty()) {
            fold(stops.remove(0));
            if (firstDifference() < 0) {
                return true;
            }
        }
        return false;
    }

    /** Work that the guest has to do again, as time for which its program had run; empty if it did not come back. */
    OptionalLong lostNanos() {
        return back ? OptionalLong.of(destination.vcpu().programNanos() - positionWhenBack) : OptionalLong.empty();
    }
}
