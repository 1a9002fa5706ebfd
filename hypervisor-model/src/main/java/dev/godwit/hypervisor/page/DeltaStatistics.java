package dev.godwit.hypervisor.page;

/**
 * QEMU's {@code xbzrle-cache}.
 *
 * @param cacheBytes size of the cache
 * @param bytes what the pages of {@code pages} took on the wire, headers left out, raw ones included
 * @param pages pages whose earlier version was in the cache
 * @param cacheMiss pages that were looked up in vain
 * @param overflow pages of {@code pages} that were sent raw because a delta was no smaller
 */
public record DeltaStatistics(long cacheBytes, long bytes, long pages, long cacheMiss, long overflow) {

    /** Share of look-ups in vain, 0 to 1; 0 if there were none. */
    public double cacheMissRate() {
        return pages + cacheMiss == 0 ? 0 : (double) cacheMiss / (pages + cacheMiss);
    }

    /** Bytes before over bytes after; 0 if nothing was encoded. */
    public double encodingRate(int pageBytes) {
        return bytes == 0 ? 0 : (double) pages * pageBytes / bytes;
    }
}
