package dev.godwit.agent.heap;

import dev.godwit.agent.heap.ProcessMap.Mapping;
import dev.godwit.agent.heap.VmRanges.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The mappings of the own process at one moment, searchable by address. */
final class MappedMemory {
    private final List<Mapping> mappings;
    private final long[] starts;

    private MappedMemory(List<Mapping> mappings) {
        this.mappings = mappings;
        this.starts = mappings.stream().mapToLong(Mapping::start).toArray();
    }

    static MappedMemory read() {
        // The last mapping, vsyscall, lies in the negative half.
        return new MappedMemory(ProcessMap.read().stream()
                .filter(mapping -> mapping.start() >= 0 && mapping.end() > mapping.start())
                .toList());
    }

    /** Number of mappings. */
    int size() {
        return mappings.size();
    }

    /** Index of the mapping of private, writable memory without a file that holds the address; -1 if none does. */
    int indexOfAnonymous(long address) {
        int index = indexOf(address);
        return index >= 0
                        && mappings.get(index).permissions().equals("rw-p")
                        && mappings.get(index).path().isEmpty()
                ? index
                : -1;
    }

    /** True if a mapping holds the address and may be written. */
    boolean isWritable(long address) {
        int index = indexOf(address);
        return index >= 0 && mappings.get(index).permissions().charAt(1) == 'w';
    }

    private int indexOf(long address) {
        int found = Arrays.binarySearch(starts, address);
        int index = found >= 0 ? found : -found - 2;
        return index >= 0 && address < mappings.get(index).end() ? index : -1;
    }

    /** The mapping of this index. */
    Range range(int index) {
        return new Range(mappings.get(index).start(), mappings.get(index).end());
    }

    /** The mappings of a file whose path contains the text. */
    List<Range> rangesOfFile(String text) {
        List<Range> ranges = new ArrayList<>();
        for (Mapping mapping : mappings) {
            if (mapping.path().contains(text)) {
                ranges.add(new Range(mapping.start(), mapping.end()));
            }
        }
        return ranges;
    }
}
