package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.Optional;

/**
 * Says by a heap layout which pages hold no object.
 *
 * @param frames where the JVM's pages lie
 * @param layout what proves; empty if there is none, or one of an older epoch
 */
record EmptyProof(GuestFrames frames, Optional<HeapLayout> layout) {

    /** By the layout as it is now. */
    static EmptyProof read(GuestAgent agent) {
        return new EmptyProof(agent.frames(), agent.readLayout().filter(layout -> layout.epoch() == agent.epoch()));
    }

    /** Walks the page from its first byte to its last; every byte must lie in a space and hold no object. */
    boolean isProvenEmpty(int gfn) {
        int index = frames.jvmIndex(gfn);
        if (layout.isEmpty() || index < 0) {
            return false;
        }
        HeapLayout spaces = layout.get();
        long address = frames.jvmPages().page(index) * frames.pageSizeBytes();
        long end = address + frames.pageSizeBytes();
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
