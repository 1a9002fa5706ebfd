package dev.godwit.agent.heap;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.Arrays;

/**
 * The four spaces of Serial and Parallel: Eden, two survivor spaces, the old generation.
 *
 * <p>The space objects live as long as the VM; the two survivor spaces swap their places in the young generation. So
 * their addresses are checked once, through the safe reader, and a pointer to anything else is refused later.
 */
final class GenerationLayout implements LayoutReader {
    private static final int FROM = 1;
    private static final int TO = 2;

    private final VmMemory fast;
    private final VmRanges.Range reserved;
    private final long bottomOffset;
    private final long topOffset;
    private final long endOffset;
    /** Addresses of the fields that point to Eden, from-space, to-space, old space. */
    private final long[] slots;

    private final long[] spaces;

    private GenerationLayout(
            Vm vm, CollectedHeap heap, long bottomOffset, long topOffset, long endOffset, long... slots) {
        this.fast = vm.fast();
        this.reserved = heap.reserved();
        this.bottomOffset = bottomOffset;
        this.topOffset = topOffset;
        this.endOffset = endOffset;
        this.slots = slots;
        this.spaces = Arrays.stream(slots).map(vm.safe()::getLong).toArray();
        check(vm.safe());
    }

    /**
     * The spaces of Serial: {@code DefNewGeneration} and {@code TenuredGeneration}.
     *
     * @throws UnreadableVmException if the VM does not describe them, or what it describes is inconsistent
     */
    static GenerationLayout serial(Vm vm, CollectedHeap heap) {
        VmStructs structs = vm.structs();
        String heapType = structs.typeWith("_young_gen", "SerialHeap", "GenCollectedHeap");
        String spaceType = structs.typeWith("_bottom", "ContiguousSpace", "Space");
        long young = vm.safe().getLong(heap.address() + structs.offset(heapType, "_young_gen"));
        long old = vm.safe().getLong(heap.address() + structs.offset(heapType, "_old_gen"));
        return new GenerationLayout(
                vm,
                heap,
                structs.offset(spaceType, "_bottom"),
                structs.offset("ContiguousSpace", "_top"),
                structs.offset(spaceType, "_end"),
                young + structs.offset("DefNewGeneration", "_eden_space"),
                young + structs.offset("DefNewGeneration", "_from_space"),
                young + structs.offset("DefNewGeneration", "_to_space"),
                old + structs.offset("TenuredGeneration", "_the_space"));
    }

    /**
     * The spaces of Parallel: {@code PSYoungGen} and {@code PSOldGen}.
     *
     * @throws UnreadableVmException if the VM does not describe them, or what it describes is inconsistent
     */
    static GenerationLayout parallel(Vm vm, CollectedHeap heap) {
        VmStructs structs = vm.structs();
        long young = vm.safe().getLong(structs.staticAddress("ParallelScavengeHeap", "_young_gen"));
        long old = vm.safe().getLong(structs.staticAddress("ParallelScavengeHeap", "_old_gen"));
        return new GenerationLayout(
                vm,
                heap,
                structs.offset("MutableSpace", "_bottom"),
                structs.offset("MutableSpace", "_top"),
                structs.offset("MutableSpace", "_end"),
                young + structs.offset("PSYoungGen", "_eden_space"),
                young + structs.offset("PSYoungGen", "_from_space"),
                young + structs.offset("PSYoungGen", "_to_space"),
                old + structs.offset("PSOldGen", "_object_space"));
    }

    @Override
    public HeapLayout read(long timeNanos, long epoch) {
        int count = slots.length;
        SpaceKind[] kinds = new SpaceKind[count];
        long[] bottoms = new long[count];
        long[] tops = new long[count];
        long[] ends = new long[count];
        for (int slot = 0; slot < count; slot++) {
            long space = checkedSpace(slot);
            long bottom = fast.getLong(space + bottomOffset);
            long top = fast.getLong(space + topOffset);
            long end = fast.getLong(space + endOffset);
            requireInsideHeap(slot, bottom, end);
            int at = slot;
            for (; at > 0 && bottoms[at - 1] > bottom; at--) {
                kinds[at] = kinds[at - 1];
                bottoms[at] = bottoms[at - 1];
                tops[at] = tops[at - 1];
                ends[at] = ends[at - 1];
            }
            kinds[at] = kind(slot, top > bottom);
            bottoms[at] = bottom;
            tops[at] = top;
            ends[at] = end;
        }
        return new HeapLayout(timeNanos, epoch, kinds, bottoms, tops, ends);
    }

    /** The to-space is idle between collections, except after one that could not promote everything. */
    private static SpaceKind kind(int slot, boolean used) {
        return switch (slot) {
            case 0 -> SpaceKind.EDEN;
            case FROM -> SpaceKind.SURVIVOR;
            case TO -> used ? SpaceKind.SURVIVOR : SpaceKind.FREE;
            default -> SpaceKind.OLD;
        };
    }

    private long checkedSpace(int slot) {
        long space = fast.getLong(slots[slot]);
        boolean swapped = (slot == FROM && space == spaces[TO]) || (slot == TO && space == spaces[FROM]);
        if (space != spaces[slot] && !swapped) {
            throw new UnreadableVmException(
                    "heap space " + slot + " is described at the unknown address 0x" + Long.toHexString(space));
        }
        return space;
    }

    private void requireInsideHeap(int slot, long bottom, long end) {
        if (bottom < reserved.start() || end > reserved.end() || bottom > end) {
            throw new UnreadableVmException("heap space " + slot + " at 0x" + Long.toHexString(bottom) + "-0x"
                    + Long.toHexString(end) + " lies outside the heap at 0x" + Long.toHexString(reserved.start())
                    + "-0x" + Long.toHexString(reserved.end()));
        }
    }

    /** Reads all spaces by both readers. */
    private void check(SafeMemory safe) {
        for (int slot = 0; slot < slots.length; slot++) {
            long space = spaces[slot];
            long bottom = safe.getLong(space + bottomOffset);
            safe.getLong(space + topOffset);
            requireInsideHeap(slot, bottom, safe.getLong(space + endOffset));
            if (fast.getLong(slots[slot]) != safe.getLong(slots[slot])) {
                throw new UnreadableVmException("two ways to read heap space " + slot + " disagree");
            }
        }
    }
}
