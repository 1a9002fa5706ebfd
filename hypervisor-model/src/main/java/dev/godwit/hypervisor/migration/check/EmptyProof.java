package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.List;
import java.util.Optional;

/**
 * Says by a heap layout which pages hold no object, and by the application's word which hold nothing that it needs.
 *
 * @param frames where the JVM's pages lie
 * @param layout what proves; empty if there is none, or one of an older epoch
 * @param declared what the application said of its buffers
 */
record EmptyProof(GuestFrames frames, Optional<HeapLayout> layout, List<DeclaredMemory> declared) {

    /** By the layout as it is now. */
    static EmptyProof read(GuestAgent agent) {
        return new EmptyProof(
                agent.frames(), agent.readLayout().filter(layout -> layout.epoch() == agent.epoch()), agent.declared());
    }

    /** Walks the page from its first byte to its last; every byte must lie in a space and hold no object. */
    boolean isProvenEmpty(int gfn) {
        int index = frames.jvmIndex(gfn);
        if (index < 0) {
            return false;
        }
        long start = frames.jvmPages().page(index) * frames.pageSizeBytes();
        return isDiscardable(start, start + frames.pageSizeBytes())
                || (layout.isPresent() && isEmpty(layout.get(), start, start + frames.pageSizeBytes()));
    }

    private boolean isDiscardable(long start, long end) {
        for (DeclaredMemory said : declared) {
            if (said.kind() == DeclaredMemory.Kind.DISCARDABLE && said.start() <= start && said.end() >= end) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEmpty(HeapLayout spaces, long start, long end) {
        long address = start;
        int space = firstSpaceEndingAfter(spaces, address);
        while (address < end) {
            if (space == spaces.size() || spaces.bottom(space) > address) {
                return false;
            }
            boolean free = spaces.kind(space) == SpaceKind.FREE;
            if (!free && address < spaces.top(space)) {
                return false;
            }
            address = Math.max(address, spaces.end(space));
            space++;
        }
        return true;
    }

    private static int firstSpaceEndingAfter(HeapLayout layout, long address) {
        int low = 0;
        int high = layout.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (layout.end(middle) > address) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
