package dev.godwit.agent.heap;

/**
 * What all collectors have in common: {@code CollectedHeap::_total_collections}, {@code _is_gc_active} (JDK 17, {@code
 * _is_stw_gc_active} in JDK 25) and {@code _reserved}.
 */
final class CollectedHeap {
    private static final String TYPE = "CollectedHeap";

    private final VmMemory fast;
    private final long address;
    private final long totalCollections;
    private final long active;
    private final VmRanges.Range reserved;

    private CollectedHeap(VmMemory fast, long address, long totalCollections, long active, VmRanges.Range reserved) {
        this.fast = fast;
        this.address = address;
        this.totalCollections = totalCollections;
        this.active = active;
        this.reserved = reserved;
    }

    /**
     * Finds the heap of the VM.
     *
     * @throws UnreadableVmException if a field is missing, or a value makes no sense
     */
    static CollectedHeap open(Vm vm) {
        VmStructs structs = vm.structs();
        SafeMemory safe = vm.safe();
        long heap = safe.getLong(structs.staticAddress("Universe", "_collectedHeap"));
        if (heap == 0) {
            throw new UnreadableVmException("it has no heap yet: the JVM is starting");
        }
        long total = heap + structs.offset(TYPE, "_total_collections");
        String activeField = structs.hasField(TYPE, "_is_stw_gc_active") ? "_is_stw_gc_active" : "_is_gc_active";
        long active = heap + structs.offset(TYPE, activeField);
        safe.getInt(total);
        if ((safe.getByte(active) & ~1) != 0) {
            throw new UnreadableVmException("CollectedHeap::" + activeField + " is " + safe.getByte(active));
        }
        long region = heap + structs.offset(TYPE, "_reserved");
        long start = safe.getLong(region + structs.offset("MemRegion", "_start"));
        long words = safe.getLong(region + structs.offset("MemRegion", "_word_size"));
        if (start < 0 || words < 0 || words > (Long.MAX_VALUE - start) / Long.BYTES) {
            throw new UnreadableVmException("CollectedHeap::_reserved is " + words + " words at " + start);
        }
        return new CollectedHeap(vm.fast(), heap, total, active, new VmRanges.Range(start, start + words * Long.BYTES));
    }

    long address() {
        return address;
    }

    /** Where the heap may be; empty (start equals end) for ZGC. */
    VmRanges.Range reserved() {
        return reserved;
    }

    /** Collections begun so far, young and full: each adds one, before it moves anything. */
    long epoch() {
        fast.refresh();
        return Integer.toUnsignedLong(fast.getInt(totalCollections));
    }

    /** True inside the pause of a collection. */
    boolean isCollecting() {
        fast.refresh();
        return fast.getByte(active) != 0;
    }
}
