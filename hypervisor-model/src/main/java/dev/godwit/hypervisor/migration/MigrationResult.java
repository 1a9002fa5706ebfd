package dev.godwit.hypervisor.migration;

import java.util.List;

/**
 * How a migration ended.
 *
 * @param technique such as {@code pre-copy}
 * @param hints true if the hypervisor was told what the JVM is doing
 * @param status terminal
 * @param reason why it ended so
 * @param totalBytes size of the guest
 * @param pageSizeBytes size of a page
 * @param bandwidthBytesPerSecond what the link carried
 * @param statistics counters; not written any more
 * @param transitions steps of the state machine
 * @param verification what the independent check found
 */
public record MigrationResult(
        String technique,
        boolean hints,
        MigrationStatus status,
        String reason,
        long totalBytes,
        int pageSizeBytes,
        long bandwidthBytesPerSecond,
        MigrationStatistics statistics,
        List<Migration.Transition> transitions,
        Verification verification) {

    /**
     * Outcome of the independent check.
     *
     * @param passed true only if it ran, to its end, and found nothing
     * @param text one line: what was checked, or what is wrong
     */
    public record Verification(boolean passed, String text) {}
}
