package dev.godwit.hypervisor.guest;

import dev.godwit.trace.TraceRecord;
import java.util.List;

/** Searches in records that are ordered by time. */
final class Times {
    private Times() {}

    /** Index of the last record at or before a moment, -1 if there is none. */
    static int lastAtOrBefore(List<? extends TraceRecord> records, long timeNanos) {
        int low = 0;
        int high = records.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (records.get(middle).timeNanos() <= timeNanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
