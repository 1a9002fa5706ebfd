package dev.godwit.hypervisor.guest;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Records that were not believed: how many, for which reason. A guest is untrusted input. */
public final class Refusals {
    /** Reasons are fixed texts, so there are few; the cap holds even if that changes. */
    private static final int MAX_REASONS = 64;

    private final TreeMap<String, Long> countByReason = new TreeMap<>();

    void add(String reason) {
        if (countByReason.size() < MAX_REASONS || countByReason.containsKey(reason)) {
            countByReason.merge(reason, 1L, Long::sum);
        }
    }

    /** Number of refused records by reason, ordered by reason. */
    public Map<String, Long> countByReason() {
        return Collections.unmodifiableMap(countByReason);
    }

    /** Number of refused records. */
    public long count() {
        return countByReason.values().stream().mapToLong(Long::longValue).sum();
    }
}
