package dev.godwit.hypervisor.migration;

/**
 * What a guest needed that was away from home with little of its memory.
 *
 * @param stayNanos from its arrival until it set out for home, or until it was lost
 * @param fetchedPages pages that it asked for and got
 * @param fetchedBytes what they took of the link
 * @param memoryPages page frames that it took of the host that it was at: pages fetched, and pages first written there
 */
public record AwayStatistics(long stayNanos, long fetchedPages, long fetchedBytes, long memoryPages) {}
