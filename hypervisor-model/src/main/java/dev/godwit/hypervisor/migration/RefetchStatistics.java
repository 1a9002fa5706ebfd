package dev.godwit.hypervisor.migration;

/**
 * What the destination read from shared storage, so that it need not be sent.
 *
 * @param offeredPages pages that were the same in memory and on storage when the migration began
 * @param pages of those, pages that it took from storage
 * @param bytes that it read for them
 * @param sentInsteadPages pages that went over the link because that was free before the storage had come to them
 * @param listBytes what it took of the link to say which page lies where
 * @param nanos from the first request until the last page had come
 */
public record RefetchStatistics(
        long offeredPages, long pages, long bytes, long sentInsteadPages, long listBytes, long nanos) {}
