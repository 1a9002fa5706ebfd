package dev.godwit.agent.heap;

import dev.godwit.agent.heap.VmRanges.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where class metadata lies: the class-data-sharing archive, and each mapping that holds a class or a constant pool.
 *
 * <p>The VM does not describe the memory of its metaspace, so classes are followed from {@code
 * ClassLoaderDataGraph::_head} and the mappings found that they lie in. Classes may be unloaded meanwhile: each is
 * checked to name the loader that it was reached from, each constant pool to name its class.
 */
final class MetaspaceRanges {
    private static final int MAX_LOADERS = 20_000;
    /** Ends the walk if a list that changes under it becomes a ring. */
    private static final int MAX_CLASSES = 500_000;

    private static final int MAX_CLASS_BYTES = 4096;
    /** Metaspace is committed and given back in such pieces ({@code Settings::commit_granule_bytes}). */
    private static final long GRANULE_BYTES = 64 << 10;

    private final SafeMemory memory;
    private final long archiveBottom;
    private final long archiveTop;
    private final long loadersAddress;
    private final int nextLoaderOffset;
    private final int classesOffset;
    private final int nextClassOffset;
    private final int loaderOffset;
    private final int layoutHelperOffset;
    private final int constantsOffset;
    private final int holderOffset;
    private final int classBytes;
    /** The newest class of each loader at the last reading: a reading follows only those that came since. */
    private final Map<Long, Long> newest = new HashMap<>();
    /** Start of each granule in which class metadata was found. */
    private final Set<Long> granules = new HashSet<>();

    /**
     * Looks the fields up.
     *
     * @throws UnreadableVmException if the VM does not describe its classes
     */
    MetaspaceRanges(Vm vm) {
        VmStructs structs = vm.structs();
        memory = vm.safe();
        archiveBottom = memory.getLong(structs.staticAddress("MetaspaceObj", "_shared_metaspace_base"));
        archiveTop = memory.getLong(structs.staticAddress("MetaspaceObj", "_shared_metaspace_top"));
        loadersAddress = structs.staticAddress("ClassLoaderDataGraph", "_head");
        nextLoaderOffset = (int) structs.offset("ClassLoaderData", "_next");
        classesOffset = (int) structs.offset("ClassLoaderData", "_klasses");
        nextClassOffset = (int) structs.offset("Klass", "_next_link");
        loaderOffset = (int) structs.offset("Klass", "_class_loader_data");
        layoutHelperOffset = (int) structs.offset("Klass", "_layout_helper");
        constantsOffset = (int) structs.offset("InstanceKlass", "_constants");
        holderOffset = (int) structs.offset("ConstantPool", "_pool_holder");
        classBytes = (int) structs.typeSize("Klass");
        int lastOffset = Math.max(Math.max(nextClassOffset, loaderOffset), layoutHelperOffset);
        if (classBytes > MAX_CLASS_BYTES || lastOffset + Long.BYTES > classBytes) {
            throw new UnreadableVmException("Klass is said to be " + classBytes + " bytes long");
        }
    }

    /** Ranges by address. */
    List<Range> read(MappedMemory mapped) {
        try {
            walk();
        } catch (UnreadableVmException e) {
            // A loader went away under the walk: what was found so far is right, the next reading finds the rest.
            newest.clear();
        }
        BitSet found = new BitSet(mapped.size());
        // Memory of unloaded classes is given back; what was metaspace once may be anything later.
        granules.removeIf(granule -> {
            int index = mapped.indexOfAnonymous(granule);
            if (index >= 0) {
                found.set(index);
            }
            return index < 0;
        });
        List<Range> ranges = new ArrayList<>();
        if (archiveBottom < archiveTop) {
            ranges.add(new Range(archiveBottom, archiveTop));
        }
        found.stream()
                .mapToObj(mapped::range)
                .filter(range -> range.end() <= archiveBottom || range.start() >= archiveTop)
                .forEach(ranges::add);
        ranges.sort(Comparator.comparingLong(Range::start));
        return ranges;
    }

    private void walk() {
        Map<Long, Long> seen = new HashMap<>(newest);
        newest.clear();
        int left = MAX_CLASSES;
        long loader = memory.getLong(loadersAddress);
        for (int i = 0; i < MAX_LOADERS && loader != 0; i++) {
            long first = memory.getLong(loader + classesOffset);
            newest.put(loader, first);
            left = walkClasses(loader, first, seen.getOrDefault(loader, 0L), left);
            loader = memory.getLong(loader + nextLoaderOffset);
        }
    }

    /**
     * From the newest class of a loader to the one that was the newest at the last reading.
     *
     * @return {@code limit} less the number of classes met
     */
    private int walkClasses(long loader, long first, long last, int limit) {
        int left = limit;
        for (long type = first; type != 0 && type != last && left > 0; left--) {
            ByteBuffer fields = ByteBuffer.wrap(memory.read(type, classBytes)).order(ByteOrder.nativeOrder());
            if (fields.getLong(loaderOffset) != loader) {
                // The loader is going away, or is new at the address of another: follow it from the start next time.
                newest.remove(loader);
                break;
            }
            add(type);
            // Positive for classes that can have instances; arrays have no constant pool.
            if (!isArchived(type) && fields.getInt(layoutHelperOffset) > 0) {
                addConstants(type);
            }
            type = fields.getLong(nextClassOffset);
        }
        return left;
    }

    private void addConstants(long type) {
        long constants = memory.getLong(type + constantsOffset);
        if (constants != 0 && memory.getLong(constants + holderOffset) == type) {
            add(constants);
        }
    }

    private void add(long address) {
        if (!isArchived(address)) {
            granules.add(address & -GRANULE_BYTES);
        }
    }

    private boolean isArchived(long address) {
        return address >= archiveBottom && address < archiveTop;
    }
}
