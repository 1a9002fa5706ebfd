package dev.godwit.agent.heap;

import dev.godwit.agent.heap.VmRanges.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what the VM uses which addresses for. Reads only through the safe reader: threads end and classes are unloaded
 * meanwhile.
 */
final class RangesReader {
    private final Vm vm;
    private final MetaspaceRanges metaspace;
    private final ThreadStacks stacks;
    private final String limitation;

    RangesReader(Vm vm) {
        this.vm = vm;
        List<String> missing = new ArrayList<>();
        MetaspaceRanges openedMetaspace = null;
        try {
            openedMetaspace = new MetaspaceRanges(vm);
        } catch (UnreadableVmException e) {
            missing.add("metaspace counts as native memory: " + e.getMessage());
        }
        ThreadStacks openedStacks = null;
        try {
            openedStacks = new ThreadStacks(vm);
        } catch (UnreadableVmException e) {
            missing.add("stacks count as native memory: " + e.getMessage());
        }
        metaspace = openedMetaspace;
        stacks = openedStacks;
        try {
            codeCache();
        } catch (UnreadableVmException e) {
            missing.add("the code cache counts as native memory: " + e.getMessage());
        }
        limitation = String.join("; ", missing);
    }

    /** What is never found, one line; empty if nothing. */
    String limitation() {
        return limitation;
    }

    /** Reads the ranges as they are now; a list is empty if it cannot be read. */
    VmRanges read() {
        MappedMemory mapped = vm.mapped().get();
        return new VmRanges(
                attempt(() -> heap(mapped)),
                attempt(this::codeCache),
                metaspace == null ? List.of() : attempt(() -> metaspace.read(mapped)),
                stacks == null ? List.of() : attempt(() -> stacks.read(mapped)));
    }

    private List<Range> heap(MappedMemory mapped) {
        Range reserved = CollectedHeap.open(vm).reserved();
        // ZGC reserves no one range, but its memory has a name.
        return reserved.start() < reserved.end() ? List.of(reserved) : mapped.rangesOfFile("java_heap");
    }

    private List<Range> codeCache() {
        long low = vm.safe().getLong(vm.structs().staticAddress("CodeCache", "_low_bound"));
        long high = vm.safe().getLong(vm.structs().staticAddress("CodeCache", "_high_bound"));
        if (low <= 0 || low >= high) {
            throw new UnreadableVmException(
                    "CodeCache spans 0x" + Long.toHexString(low) + "-0x" + Long.toHexString(high));
        }
        return List.of(new Range(low, high));
    }

    private static List<Range> attempt(Reading reading) {
        try {
            return reading.ranges();
        } catch (UnreadableVmException e) {
            return List.of();
        }
    }

    private interface Reading {
        List<Range> ranges();
    }
}
