package dev.godwit.hypervisor.migration;

/**
 * What it was like for a guest that ran at the destination before its memory was there.
 *
 * @param requests pages that the destination asked the source for, a page that was on its way included
 * @param faults times that the guest stood before a missing page
 * @param faultNanos how long it stood there in all, doing no work
 * @param longestFaultNanos longest wait for one page
 * @param emptyFaults first writes to pages that were proven empty: answered by the destination itself, at once
 * @param pageListBytes what it took to tell the destination which pages to wait for, sent in the pause
 * @param atRiskNanos from the switch to the arrival of the last page: what breaks then takes the VM with it
 * @param vmLost true if something did
 */
public record RunAheadStatistics(
        long requests,
        long faults,
        long faultNanos,
        long longestFaultNanos,
        long emptyFaults,
        long pageListBytes,
        long atRiskNanos,
        boolean vmLost) {}
