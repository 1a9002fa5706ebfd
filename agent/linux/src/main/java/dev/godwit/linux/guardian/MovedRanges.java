package dev.godwit.linux.guardian;

import dev.godwit.linux.Errno;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.RemoteUserfaultfd;
import java.util.Arrays;

/**
 * Ranges that the process moved to other addresses ({@code mremap(2)}), whose pages are to count as written there. They
 * bring along that they were not written since somebody looked last, and at their new address that is not true: other pages
 * may have been known there.
 */
final class MovedRanges {
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int count;

    int count() {
        return count;
    }

    void add(long start, long end) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        starts[count] = start;
        ends[count++] = end;
    }

    /** Does it for those for which no event has to be read before; the others stay. */
    void countAsWritten(RemoteUserfaultfd fault) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            if (!isDone(fault, starts[i], ends[i])) {
                starts[left] = starts[i];
                ends[left++] = ends[i];
            }
        }
        count = left;
    }

    private static boolean isDone(RemoteUserfaultfd fault, long start, long end) {
        int answer = fault.countAsWritten(start, end - start);
        if (answer != -Errno.ENOENT) {
            return answer != -Errno.EAGAIN;
        }
        // Some of it is not tracked, or was given back since: what is left of it is found page by page.
        for (long page = start; page < end; page += PageSize.bytes()) {
            if (fault.countAsWritten(page, PageSize.bytes()) == -Errno.EAGAIN) {
                return false;
            }
        }
        return true;
    }
}
