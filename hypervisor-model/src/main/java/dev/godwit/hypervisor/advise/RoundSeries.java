package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.guest.WritingProfile;
import java.util.OptionalLong;

/**
 * Whether plain pre-copy would converge, by the series of its rounds: each takes as long as it takes to send what was written in
 * the one before. The textbook's geometric series, with what the guest writes as a function of time instead of a constant rate.
 *
 * @param profile what the guest writes
 * @param memoryBytes sent in the first round
 * @param downtimeLimitNanos longest pause that is accepted
 * @param maxRounds after which a migration is given up
 */
record RoundSeries(WritingProfile profile, long memoryBytes, long downtimeLimitNanos, int maxRounds) {
    private static final long SMALLEST_EDEN_BYTES = 4L << 20;
    private static final long[] LINKS_BYTES_PER_SECOND = {
        312_500_000L, 1_250_000_000L, 3_125_000_000L, 5_000_000_000L, 12_500_000_000L
    };

    boolean converges(long edenBytes, long bandwidthBytesPerSecond) {
        double roundNanos = memoryBytes * 1e9 / bandwidthBytesPerSecond;
        for (int round = 1; round <= maxRounds; round++) {
            double leftNanos = profile.distinctBytes(roundNanos, edenBytes) * 1e9 / bandwidthBytesPerSecond;
            if (leftNanos <= downtimeLimitNanos) {
                return true;
            }
            roundNanos = leftNanos;
        }
        return false;
    }

    /** The largest power of two below the present size of Eden at which it would converge; empty if there is none. */
    OptionalLong convergingEdenBytes(long bandwidthBytesPerSecond) {
        for (long eden = Long.highestOneBit(Math.max(1, profile.edenBytes() - 1));
                eden >= SMALLEST_EDEN_BYTES;
                eden /= 2) {
            if (converges(eden, bandwidthBytesPerSecond)) {
                return OptionalLong.of(eden);
            }
        }
        return OptionalLong.empty();
    }

    /** The slowest usual link above a bandwidth at which it would converge with Eden as it is; empty if there is none. */
    OptionalLong convergingLink(long bandwidthBytesPerSecond) {
        for (long link : LINKS_BYTES_PER_SECOND) {
            if (link > bandwidthBytesPerSecond && converges(profile.edenBytes(), link)) {
                return OptionalLong.of(link);
            }
        }
        return OptionalLong.empty();
    }
}
