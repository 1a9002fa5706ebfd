package dev.godwit.hypervisor.migration;

import java.util.Optional;

/**
 * What it took to keep a way home for a guest that ran at the destination.
 *
 * @param points consistent points that arrived whole at the source, the last one of a guest that came home included
 * @param sentPages pages sent back; one that was written in two rounds counts twice
 * @param sentBytes bytes of pages and of VCPU and device state sent back
 * @param stopNanos for how long the guest stood still for points to be cut, the one that brought it home not counted
 * @param longestStopNanos for one of them
 * @param longestHeldNanos longest time between something the guest does and the arrival of a point behind it: for so long
 *     what leaves the guest would have to be held back, to fall back unnoticed
 * @param journey how it came home; empty if it did not
 */
public record WayHomeStatistics(
        long points,
        long sentPages,
        long sentBytes,
        long stopNanos,
        long longestStopNanos,
        long longestHeldNanos,
        Optional<Journey> journey) {

    /**
     * A guest that came home.
     *
     * @param nanos from being asked until it ran there
     * @param bytes sent back in that time
     * @param downtimeNanos for how long it ran nowhere
     */
    public record Journey(long nanos, long bytes, long downtimeNanos) {}

    /** Counts; one writer. */
    public static final class Counters {
        private long points;
        private long sentPages;
        private long sentBytes;
        private long stopNanos;
        private long longestStopNanos;
        private long longestHeldNanos;
        private long askedNanos;
        private long askedBytes;
        private Optional<Journey> journey = Optional.empty();

        /** The guest stood still for a point. */
        public void stopped(long nanos) {
            stopNanos += nanos;
            longestStopNanos = Math.max(longestStopNanos, nanos);
        }

        /** A point was given to the link. */
        public void sent(long pages, long bytes) {
            sentPages += pages;
            sentBytes += bytes;
        }

        /** A point is whole; what the guest did first behind the one before has waited so long for it. */
        public void arrived(long heldNanos) {
            points++;
            longestHeldNanos = Math.max(longestHeldNanos, heldNanos);
        }

        /** The guest is to come home. */
        public void asked(long nowNanos, long sentBackBytes) {
            askedNanos = nowNanos;
            askedBytes = sentBackBytes;
        }

        /** It runs at home. */
        public void arrivedHome(long nowNanos, long sentBackBytes, long downtimeNanos) {
            journey = Optional.of(new Journey(nowNanos - askedNanos, sentBackBytes - askedBytes, downtimeNanos));
        }

        /** What was counted so far. */
        public WayHomeStatistics sum() {
            return new WayHomeStatistics(
                    points, sentPages, sentBytes, stopNanos, longestStopNanos, longestHeldNanos, journey);
        }
    }
}
