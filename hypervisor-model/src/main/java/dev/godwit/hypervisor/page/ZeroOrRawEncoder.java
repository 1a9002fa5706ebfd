package dev.godwit.hypervisor.page;

/** QEMU's default: a page of zeros as nine bytes, any other page as it is behind eight. */
public final class ZeroOrRawEncoder implements PageEncoder {
    private final int pageSizeBytes;
    private final double nanosPerPage;
    private double cpuNanos;

    /** Looking whether a page is all zeros takes no time. */
    public ZeroOrRawEncoder(int pageSizeBytes) {
        this.pageSizeBytes = pageSizeBytes;
        this.nanosPerPage = 0;
    }

    /** Looking whether a page is all zeros takes as long as was measured. */
    public ZeroOrRawEncoder(int pageSizeBytes, EncoderThroughput throughput) {
        this.pageSizeBytes = pageSizeBytes;
        this.nanosPerPage = throughput.zeroCheckNanos(pageSizeBytes);
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        cpuNanos += nanosPerPage;
        return encodedBytes(zero);
    }

    @Override
    public long cpuNanos() {
        return (long) cpuNanos;
    }

    @Override
    public int encodedBytes(boolean zero) {
        return HEADER_BYTES + (zero ? ZERO_BODY_BYTES : pageSizeBytes);
    }
}
