package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.StoredPages;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.partial.PartialMigrationEngine;
import dev.godwit.hypervisor.page.ModelledEncoder;
import java.util.List;

/**
 * What some techniques ask for, and the others do not look at.
 *
 * @param stayNanos partial migration: how long the VM stays before it goes home
 * @param storageBandwidthBytesPerSecond DBMS-aware: at which the destination reads shared storage
 * @param storageLatencyNanos until the first byte comes
 * @param deltaCacheBytes delta: room for versions of pages sent before
 * @param bufferPool addresses in the JVM where a database keeps copies of blocks that lie on shared storage
 */
public record TechniqueOptions(
        long stayNanos,
        long storageBandwidthBytesPerSecond,
        long storageLatencyNanos,
        long deltaCacheBytes,
        List<StoredPages.Range> bufferPool) {
    /** A stay of 30 s, storage of 500 MB/s and 1 ms, a delta cache of 64 MiB, no buffer pool. */
    public static final TechniqueOptions DEFAULT = new TechniqueOptions(
            PartialMigrationEngine.DEFAULT_STAY_NANOS,
            StorageCopies.DEFAULT_BANDWIDTH_BYTES_PER_SECOND,
            StorageCopies.DEFAULT_LATENCY_NANOS,
            ModelledEncoder.DEFAULT_CACHE_BYTES,
            List.of());

    private static final long LEAST_CACHE_BYTES = 1 << 20;

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if one is out of its range; the message is one line for the user
     */
    public TechniqueOptions {
        if (stayNanos < 0) {
            throw new IllegalArgumentException("stay of " + stayNanos + " ns: give one of zero or more");
        }
        if (deltaCacheBytes < LEAST_CACHE_BYTES) {
            throw new IllegalArgumentException(
                    "delta cache of " + deltaCacheBytes + " bytes: give one of 1MiB or more");
        }
        bufferPool = List.copyOf(bufferPool);
        // Checks the other two.
        new StorageCopies(storageBandwidthBytesPerSecond, storageLatencyNanos);
    }

    /** Storage as described, with nothing on it yet. */
    StorageCopies storage() {
        return new StorageCopies(storageBandwidthBytesPerSecond, storageLatencyNanos);
    }

    public TechniqueOptions withStayNanos(long value) {
        return new TechniqueOptions(
                value, storageBandwidthBytesPerSecond, storageLatencyNanos, deltaCacheBytes, bufferPool);
    }

    public TechniqueOptions withStorage(long bandwidthBytesPerSecond, long latencyNanos) {
        return new TechniqueOptions(stayNanos, bandwidthBytesPerSecond, latencyNanos, deltaCacheBytes, bufferPool);
    }

    public TechniqueOptions withBufferPool(List<StoredPages.Range> value) {
        return new TechniqueOptions(
                stayNanos, storageBandwidthBytesPerSecond, storageLatencyNanos, deltaCacheBytes, value);
    }

    public TechniqueOptions withDeltaCacheBytes(long value) {
        return new TechniqueOptions(stayNanos, storageBandwidthBytesPerSecond, storageLatencyNanos, value, bufferPool);
    }
}
