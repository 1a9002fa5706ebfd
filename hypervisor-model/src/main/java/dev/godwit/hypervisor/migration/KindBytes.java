package dev.godwit.hypervisor.migration;

import dev.godwit.trace.MemoryKind;
import java.util.EnumMap;
import java.util.Map;

/** Bytes by kind of memory. */
public final class KindBytes {
    private final long[] bytesByCode = new long[MemoryKind.values().length + 1];

    /** Adds bytes of the kind with a code; code zero, a page never written, is counted with the free ones. */
    public void add(int kindCode, long bytes) {
        bytesByCode[kindCode == 0 ? MemoryKind.GUEST_FREE.code() : kindCode] += bytes;
    }

    public long total() {
        long total = 0;
        for (long bytes : bytesByCode) {
            total += bytes;
        }
        return total;
    }

    /** Kinds with bytes, in their order. */
    public Map<MemoryKind, Long> byKind() {
        Map<MemoryKind, Long> byKind = new EnumMap<>(MemoryKind.class);
        for (MemoryKind kind : MemoryKind.values()) {
            if (bytesByCode[kind.code()] > 0) {
                byKind.put(kind, bytesByCode[kind.code()]);
            }
        }
        return byKind;
    }
}
