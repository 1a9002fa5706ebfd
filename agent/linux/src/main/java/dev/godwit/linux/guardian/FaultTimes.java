package dev.godwit.linux.guardian;

import java.nio.ByteBuffer;

/**
 * How long threads of the process waited for their pages, as a histogram in shared memory that the guardian fills without
 * allocating anything.
 *
 * <p>Eight places for each power of two nanoseconds: a percentile is right to an eighth. Example: 100 us, 2^16.6, is counted
 * at 98,304 to 106,495 ns, and given as 106,495.
 */
public final class FaultTimes {
    private static final int PLACES_BITS = 3;
    private static final int PLACES = 1 << PLACES_BITS;
    /** Up to 2^36 ns, a minute; what is longer counts as that. */
    private static final int POWERS = 36;

    static final int BYTES = POWERS * PLACES * Integer.BYTES;

    private final ByteBuffer counts;

    FaultTimes(ByteBuffer counts) {
        this.counts = counts;
    }

    void add(long nanos) {
        int at = place(Math.max(0, nanos)) * Integer.BYTES;
        counts.putInt(at, counts.getInt(at) + 1);
    }

    private static int place(long nanos) {
        int power = 63 - Long.numberOfLeadingZeros(nanos | 1);
        if (power < PLACES_BITS) {
            return (int) nanos;
        }
        if (power >= POWERS) {
            return POWERS * PLACES - 1;
        }
        int within = (int) (nanos >>> (power - PLACES_BITS)) & (PLACES - 1);
        return power * PLACES + within;
    }

    private static long largestAt(int place) {
        int power = place / PLACES;
        if (power < PLACES_BITS) {
            return place;
        }
        long width = 1L << (power - PLACES_BITS);
        return (1L << power) + (place % PLACES + 1) * width - 1;
    }

    /** Number of waits. */
    public long count() {
        long count = 0;
        for (int place = 0; place < POWERS * PLACES; place++) {
            count += counts.getInt(place * Integer.BYTES);
        }
        return count;
    }

    /**
     * A wait that so many percent of all were not longer than, in nanoseconds; 0 if there was none.
     *
     * @param percent above 0, up to 100
     */
    public long percentileNanos(double percent) {
        long due = (long) Math.ceil(count() * percent / 100);
        long seen = 0;
        for (int place = 0; place < POWERS * PLACES && due > 0; place++) {
            seen += counts.getInt(place * Integer.BYTES);
            if (seen >= due) {
                return largestAt(place);
            }
        }
        return 0;
    }
}
