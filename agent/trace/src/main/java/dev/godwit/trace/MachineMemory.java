package dev.godwit.trace;

/**
 * What the memory of the recorded machine held, from {@code /proc/meminfo} and {@code /proc/vmstat}. The four parts
 * and the JVM's resident pages add up to {@code totalBytes}.
 *
 * @param timeNanos when it was read
 * @param totalBytes {@code MemTotal}
 * @param kernelBytes slabs, page tables, kernel stacks, and what no line of {@code /proc/meminfo} accounts for
 * @param pageCacheBytes {@code Buffers + Cached}, without the mapped file pages that are counted with the JVM
 * @param otherProcessesBytes anonymous and shared memory of processes other than the recorded JVM
 * @param freeBytes {@code MemFree}: never used since boot, or used once and given back; the kernel does not tell
 * @param jvmResidentBytes resident memory of the recorded JVM
 * @param pageCacheDirtiedPages {@code nr_dirtied} of {@code /proc/vmstat}: page-cache pages dirtied since boot
 */
public record MachineMemory(
        long timeNanos,
        long totalBytes,
        long kernelBytes,
        long pageCacheBytes,
        long otherProcessesBytes,
        long freeBytes,
        long jvmResidentBytes,
        long pageCacheDirtiedPages)
        implements TraceRecord {}
