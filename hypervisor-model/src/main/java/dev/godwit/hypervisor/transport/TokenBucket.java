package dev.godwit.hypervisor.transport;

/**
 * Bytes that may be sent: they come in at a steady rate, up to a burst. Knows no time, it is told.
 *
 * <p>Example: 125,000,000 bytes/s and a burst of 500,000 bytes. After a rest 500,000 bytes go at once; 65,536 more must
 * wait 524,288 ns.
 *
 * <p>Not thread-safe.
 */
public final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double bytesPerNano;
    private final double burstBytes;
    private double bytes;
    private long lastNanos;

    /**
     * @param bytesPerSecond rate, positive
     * @param burstBytes how much may go at once after a rest, positive
     * @param nowNanos the time; the bucket is full
     */
    public TokenBucket(long bytesPerSecond, long burstBytes, long nowNanos) {
        if (bytesPerSecond <= 0 || burstBytes <= 0) {
            throw new IllegalArgumentException(
                    bytesPerSecond + " bytes/s with bursts of " + burstBytes + " bytes: give figures above zero");
        }
        this.bytesPerNano = bytesPerSecond / NANOS_PER_SECOND;
        this.burstBytes = burstBytes;
        this.bytes = burstBytes;
        this.lastNanos = nowNanos;
    }

    /**
     * Takes bytes out, more than there are if need be.
     *
     * @return how long to wait before they may be sent, 0 if not at all
     */
    public long take(long count, long nowNanos) {
        bytes = Math.min(burstBytes, bytes + (nowNanos - lastNanos) * bytesPerNano) - count;
        lastNanos = nowNanos;
        return bytes >= 0 ? 0 : (long) Math.ceil(-bytes / bytesPerNano);
    }
}
