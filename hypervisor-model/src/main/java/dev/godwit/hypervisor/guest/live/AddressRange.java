package dev.godwit.hypervisor.guest.live;

import dev.godwit.linux.PageSize;

/**
 * Whole pages of a process.
 *
 * @param start first address
 * @param end address behind the last one
 */
public record AddressRange(long start, long end) {

    /** The pages that lie in a range altogether; empty if there is none. */
    static AddressRange inside(long start, long end) {
        long first = PageSize.roundUp(start);
        return new AddressRange(first, Math.max(first, PageSize.roundDown(end)));
    }

    boolean isEmpty() {
        return start >= end;
    }

    /** The pages of both; empty if there is none. */
    AddressRange and(AddressRange other) {
        return new AddressRange(Math.max(start, other.start), Math.min(end, other.end));
    }
}
