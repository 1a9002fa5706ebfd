package dev.godwit.agent.heap;

import dev.godwit.agent.heap.VmRanges.Range;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMaps.Entry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The mappings of a process at one moment, searchable by address. */
final class MappedMemory {
    private final List<Entry> mappings;
    private final long[] starts;

    private MappedMemory(List<Entry> mappings) {
        this.mappings = mappings;
        this.starts = mappings.stream().mapToLong(Entry::start).toArray();
    }

    /**
     * Reads the mappings as they are now.
     *
     * @throws UnreadableVmException if {@code /proc} does not tell them
     */
    static MappedMemory read() {
        try {
            return new MappedMemory(ProcessMaps.ofSelf().read());
        } catch (IOException e) {
            throw new UnreadableVmException("cannot read the mappings of this process: " + e.getMessage());
        }
    }

    /**
     * Reads the mappings of another process as they are now.
     *
     * @throws UnreadableVmException if there is no such process, or it may not be looked at
     */
    static MappedMemory of(long pid) {
        try {
            return new MappedMemory(ProcessMaps.of(pid).read());
        } catch (FileNotFoundException e) {
            boolean there = Files.exists(Path.of("/proc", String.valueOf(pid)));
            throw new UnreadableVmException(
                    there ? "its mappings may not be read: run as root or as its user" : "there is no such process");
        } catch (IOException e) {
            throw new UnreadableVmException("its mappings cannot be read: " + e.getMessage());
        }
    }

    /** Number of mappings. */
    int size() {
        return mappings.size();
    }

    /** Index of the mapping of private, writable memory without a file that holds the address; -1 if none does. */
    int indexOfAnonymous(long address) {
        int index = indexOf(address);
        return index >= 0 && isAnonymous(mappings.get(index)) ? index : -1;
    }

    /** True if a mapping holds the address and may be written. */
    boolean isWritable(long address) {
        int index = indexOf(address);
        return index >= 0 && mappings.get(index).isWritable();
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

    /** Address of the first byte of a mapped file whose path ends so; -1 if none is mapped from its beginning. */
    long startOfFile(String pathEnd) {
        for (Entry mapping : mappings) {
            if (mapping.offset() == 0 && mapping.inode() != 0 && mapping.path().endsWith(pathEnd)) {
                return mapping.start();
            }
        }
        return -1;
    }

    /** Path of each mapping, empty for one without a name. */
    List<String> paths() {
        return mappings.stream().map(Entry::path).toList();
    }

    /** The mappings of a file whose path contains the text. */
    List<Range> rangesOfFile(String text) {
        List<Range> ranges = new ArrayList<>();
        for (Entry mapping : mappings) {
            if (mapping.path().contains(text)) {
                ranges.add(new Range(mapping.start(), mapping.end()));
            }
        }
        return ranges;
    }

    private static boolean isAnonymous(Entry mapping) {
        return mapping.isReadable() && mapping.isWritable() && mapping.isPrivate() && mapping.isNameless();
    }
}
