package dev.godwit.hypervisor.migration;

/**
 * What one round did. The last one of a completed migration is the one in the pause.
 *
 * @param round from one
 * @param paused true for the round in the pause
 * @param durationNanos how long it took
 * @param sentPages pages sent
 * @param sentBytes their size on the wire
 * @param deferredPages pages left out, to be looked at again
 * @param dirtiedPages distinct pages written while it ran
 * @param leftBytes what would have to be sent if the guest were paused at its end
 */
public record RoundStatistics(
        int round,
        boolean paused,
        long durationNanos,
        long sentPages,
        long sentBytes,
        long deferredPages,
        long dirtiedPages,
        long leftBytes) {

    /** Bytes of distinct pages written in a second of the round. */
    public double dirtiedBytesPerSecond(int pageSizeBytes) {
        return durationNanos == 0 ? 0 : dirtiedPages * (double) pageSizeBytes * 1e9 / durationNanos;
    }
}
