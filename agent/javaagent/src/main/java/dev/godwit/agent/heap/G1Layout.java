package dev.godwit.agent.heap;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.Arrays;

/**
 * The regions of G1: {@code G1CollectedHeap::_hrm} holds a {@code G1HeapRegionTable}, an array of pointers to regions by
 * index, null where the region was never committed.
 *
 * <p>A region object is never freed and its bottom and end never change. So both are checked once, through the safe
 * reader, when the region is met first; afterwards only the pointer, the tag and the top are read.
 */
final class G1Layout implements LayoutReader {
    private static final int MAX_REGIONS = 1 << 20;
    /** A region changes its kind at most a few times between two collections. */
    private static final int MAX_TORN_READS = 16;

    private final Vm vm;
    private final long reservedStart;
    private final long regionBytes;
    private final long table;
    private final long bottomOffset;
    private final long endOffset;
    private final long topOffset;
    private final long tagOffset;
    private final SpaceKind[] kindByTag;
    /** Checked pointers to regions, by index; zero for a region that was not met yet. */
    private final long[] regions;

    /**
     * Finds the region table and checks every region.
     *
     * @throws UnreadableVmException if the VM does not describe its regions, or what it describes is inconsistent
     */
    G1Layout(Vm vm, CollectedHeap heap) {
        VmStructs structs = vm.structs();
        SafeMemory safe = vm.safe();
        String region = structs.typeWith("_bottom", "G1HeapRegion", "HeapRegion");
        String regionType = structs.typeWith("_tag", "G1HeapRegionType", "HeapRegionType");
        String manager = structs.typeWith("_regions", "G1HeapRegionManager", "HeapRegionManager");
        this.vm = vm;
        bottomOffset = structs.offset(region, "_bottom");
        endOffset = structs.offset(region, "_end");
        topOffset = structs.offset(region, "_top");
        tagOffset = structs.offset(region, "_type") + structs.offset(regionType, "_tag");
        kindByTag = kindByTag(structs);
        reservedStart = heap.reserved().start();
        regionBytes = safe.getLong(structs.staticAddress(region, "GrainBytes"));
        long header = heap.address() + structs.offset("G1CollectedHeap", "_hrm") + structs.offset(manager, "_regions");
        table = safe.getLong(header + structs.offset("G1HeapRegionTable", "_base"));
        long length = safe.getLong(header + structs.offset("G1HeapRegionTable", "_length"));
        long reservedBytes = heap.reserved().end() - reservedStart;
        if (length <= 0 || length > MAX_REGIONS || regionBytes <= 0 || length != reservedBytes / regionBytes) {
            throw new UnreadableVmException("G1 has " + length + " regions of " + regionBytes + " bytes in a heap of "
                    + reservedBytes + " bytes");
        }
        regions = new long[(int) length];
        checkAll(safe.readLongs(table, regions.length));
    }

    @Override
    public HeapLayout read(long timeNanos, long epoch) {
        VmMemory fast = vm.fast();
        int count = regions.length;
        SpaceKind[] kinds = new SpaceKind[count];
        long[] bottoms = new long[count];
        long[] tops = new long[count];
        long[] ends = new long[count];
        int found = 0;
        for (int i = 0; i < count; i++) {
            long region = fast.getLong(table + (long) i * Long.BYTES);
            if (region == 0) {
                continue;
            }
            if (region != regions[i]) {
                admit(i, region);
            }
            long bottom = reservedStart + i * regionBytes;
            int tag = fast.getInt(region + tagOffset);
            long top = fast.getLong(region + topOffset);
            int after = fast.getInt(region + tagOffset);
            for (int torn = 0; tag != after; torn++) {
                if (torn == MAX_TORN_READS) {
                    throw new UnreadableVmException("region " + i + " keeps changing its kind");
                }
                tag = after;
                top = fast.getLong(region + topOffset);
                after = fast.getInt(region + tagOffset);
            }
            kinds[found] = kind(i, tag, top - bottom);
            bottoms[found] = bottom;
            // A humongous region is full. Its top is set last while one is made, when its header is there already.
            tops[found] = kinds[found] == SpaceKind.HUMONGOUS ? bottom + regionBytes : top;
            ends[found] = bottom + regionBytes;
            found++;
        }
        return found == count
                ? new HeapLayout(timeNanos, epoch, kinds, bottoms, tops, ends)
                : new HeapLayout(
                        timeNanos,
                        epoch,
                        Arrays.copyOf(kinds, found),
                        Arrays.copyOf(bottoms, found),
                        Arrays.copyOf(tops, found),
                        Arrays.copyOf(ends, found));
    }

    private SpaceKind kind(int index, int tag, long usedBytes) {
        SpaceKind kind = tag >= 0 && tag < kindByTag.length ? kindByTag[tag] : null;
        if (kind == null) {
            throw new UnreadableVmException("region " + index + " has the unknown kind " + tag);
        }
        if (kind == SpaceKind.FREE && usedBytes != 0) {
            throw new UnreadableVmException("region " + index + " is free and holds " + usedBytes + " bytes");
        }
        return kind;
    }

    private void checkAll(long[] pointers) {
        for (int i = 0; i < pointers.length; i++) {
            if (pointers[i] != 0) {
                admit(i, pointers[i]);
            }
        }
    }

    /** Checks a region by the safe reader, and that the fast reader reads the same. */
    private void admit(int index, long region) {
        long bottom = vm.safe().getLong(region + bottomOffset);
        long end = vm.safe().getLong(region + endOffset);
        vm.safe().getLong(region + topOffset);
        vm.safe().getInt(region + tagOffset);
        long expected = reservedStart + index * regionBytes;
        if (bottom != expected || end != expected + regionBytes) {
            throw new UnreadableVmException("region " + index + " is at 0x" + Long.toHexString(bottom) + "-0x"
                    + Long.toHexString(end) + " and not at 0x" + Long.toHexString(expected));
        }
        if (vm.fast().getLong(region + bottomOffset) != bottom || vm.fast().getLong(region + endOffset) != end) {
            throw new UnreadableVmException("two ways to read region " + index + " disagree");
        }
        regions[index] = region;
    }

    /** Kind of each tag, null for a tag that no region should have. */
    private static SpaceKind[] kindByTag(VmStructs structs) {
        String prefix = structs.typeWith("_tag", "G1HeapRegionType", "HeapRegionType") + "::";
        long free = structs.constant(prefix + "FreeTag");
        long eden = structs.constant(prefix + "EdenTag");
        long survivor = structs.constant(prefix + "SurvTag");
        long humongous = structs.constant(prefix + "HumongousMask");
        long old = structs.constant(prefix + "OldMask");
        // Until JDK 17 the archive has regions of its own, whose tags have no names.
        long archive = structs.constantOr(prefix + "ArchiveMask", 0);
        SpaceKind[] kinds = new SpaceKind[256];
        for (int tag = 0; tag < kinds.length; tag++) {
            if (tag == free) {
                kinds[tag] = SpaceKind.FREE;
            } else if (tag == eden) {
                kinds[tag] = SpaceKind.EDEN;
            } else if (tag == survivor) {
                kinds[tag] = SpaceKind.SURVIVOR;
            } else if ((tag & archive) != 0) {
                kinds[tag] = SpaceKind.ARCHIVE;
            } else if ((tag & humongous) != 0) {
                kinds[tag] = SpaceKind.HUMONGOUS;
            } else if ((tag & old) != 0) {
                kinds[tag] = SpaceKind.OLD;
            }
        }
        return kinds;
    }
}
