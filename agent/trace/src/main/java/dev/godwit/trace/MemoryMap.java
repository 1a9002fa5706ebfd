package dev.godwit.trace;

import java.util.List;

/**
 * The mappings of the recorded process; written at the start and whenever they changed.
 *
 * @param timeNanos when it was read
 * @param mappings ordered by address, not overlapping
 */
public record MemoryMap(long timeNanos, List<Mapping> mappings) implements TraceRecord {

    public MemoryMap {
        mappings = List.copyOf(mappings);
    }

    /**
     * One mapping.
     *
     * @param start first address
     * @param end address behind the last one
     * @param kind what it holds
     * @param permissions as in {@code /proc/PID/maps}, such as {@code rw-p}
     * @param file path of the mapped file, empty when anonymous
     * @param fileOffset offset of {@code start} in the file, zero when anonymous
     */
    public record Mapping(long start, long end, MappingKind kind, String permissions, String file, long fileOffset) {}
}
