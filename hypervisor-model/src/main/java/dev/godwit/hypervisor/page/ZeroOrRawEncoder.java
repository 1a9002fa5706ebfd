package dev.godwit.hypervisor.page;

/** QEMU's default: a page of zeros as nine bytes, any other page as it is behind eight. */
public final class ZeroOrRawEncoder implements PageEncoder {
    private final int pageSizeBytes;

    public ZeroOrRawEncoder(int pageSizeBytes) {
        this.pageSizeBytes = pageSizeBytes;
    }

    @Override
    public int encodedBytes(boolean zero) {
        return HEADER_BYTES + (zero ? ZERO_BODY_BYTES : pageSizeBytes);
    }
}
