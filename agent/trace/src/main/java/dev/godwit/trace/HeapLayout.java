package dev.godwit.trace;

import java.util.Arrays;

/**
 * The spaces of the heap at one moment: regions of G1, the spaces of Parallel and Serial.
 *
 * <p>Primitive arrays, because a snapshot of thousands of regions is taken after each collection. Spaces are ordered by
 * {@code bottom} and do not overlap; {@code bottom <= top <= end}. Between {@code top} and {@code end} there is no
 * object.
 */
public final class HeapLayout implements TraceRecord {
    private final long timeNanos;
    private final long epoch;
    private final SpaceKind[] kinds;
    private final long[] bottoms;
    private final long[] tops;
    private final long[] ends;

    /**
     * Takes the arrays over: the caller must not change them afterwards.
     *
     * @param timeNanos when it was read
     * @param epoch number of collections that the JVM had completed then; a layout of an older epoch may defer a page,
     *     never drop one
     * @throws IllegalArgumentException if the arrays differ in length, a space is inverted, or spaces overlap
     */
    public HeapLayout(long timeNanos, long epoch, SpaceKind[] kinds, long[] bottoms, long[] tops, long[] ends) {
        int count = kinds.length;
        if (bottoms.length != count || tops.length != count || ends.length != count) {
            throw new IllegalArgumentException("lengths differ: kinds=" + count + " bottoms=" + bottoms.length
                    + " tops=" + tops.length + " ends=" + ends.length);
        }
        for (int i = 0; i < count; i++) {
            boolean ordered = bottoms[i] <= tops[i] && tops[i] <= ends[i];
            boolean disjoint = i == 0 || ends[i - 1] <= bottoms[i];
            if (kinds[i] == null || bottoms[i] < 0 || !ordered || !disjoint) {
                throw new IllegalArgumentException("space " + i + " kind=" + kinds[i] + " bottom=0x"
                        + Long.toHexString(bottoms[i]) + " top=0x" + Long.toHexString(tops[i]) + " end=0x"
                        + Long.toHexString(ends[i]) + (disjoint ? " is inverted" : " overlaps the space before it"));
            }
        }
        this.timeNanos = timeNanos;
        this.epoch = epoch;
        this.kinds = kinds;
        this.bottoms = bottoms;
        this.tops = tops;
        this.ends = ends;
    }

    @Override
    public long timeNanos() {
        return timeNanos;
    }

    /** Number of collections completed when the layout was read. */
    public long epoch() {
        return epoch;
    }

    /** Number of spaces. */
    public int size() {
        return kinds.length;
    }

    public SpaceKind kind(int index) {
        return kinds[index];
    }

    /** First address of the space. */
    public long bottom(int index) {
        return bottoms[index];
    }

    /** Address behind the last object. */
    public long top(int index) {
        return tops[index];
    }

    /** Address behind the space. */
    public long end(int index) {
        return ends[index];
    }

    /** Bytes below {@code top}, over all spaces of the kind. */
    public long usedBytes(SpaceKind kind) {
        long sum = 0;
        for (int i = 0; i < kinds.length; i++) {
            sum += kinds[i] == kind ? tops[i] - bottoms[i] : 0;
        }
        return sum;
    }

    /** Bytes between {@code bottom} and {@code end}, over all spaces of the kind. */
    public long capacityBytes(SpaceKind kind) {
        long sum = 0;
        for (int i = 0; i < kinds.length; i++) {
            sum += kinds[i] == kind ? ends[i] - bottoms[i] : 0;
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeapLayout that
                && timeNanos == that.timeNanos
                && epoch == that.epoch
                && Arrays.equals(kinds, that.kinds)
                && Arrays.equals(bottoms, that.bottoms)
                && Arrays.equals(tops, that.tops)
                && Arrays.equals(ends, that.ends);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(timeNanos * 31 + epoch) * 31 + Arrays.hashCode(tops);
    }

    @Override
    public String toString() {
        return "HeapLayout[timeNanos=" + timeNanos + ", epoch=" + epoch + ", spaces=" + kinds.length + "]";
    }
}
