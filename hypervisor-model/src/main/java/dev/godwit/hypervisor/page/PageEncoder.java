package dev.godwit.hypervisor.page;

/** How a page travels. One instance serves one migration. */
public interface PageEncoder {

    /** Bytes in front of every page on the wire: QEMU packs the page's address and its flags into eight. */
    int HEADER_BYTES = 8;

    /** What stands for a page of zeros behind the header: QEMU sends the byte that fills it. */
    int ZERO_BODY_BYTES = 1;

    /**
     * Bytes on the wire, header included.
     *
     * @param zero true if the page holds nothing but zeros
     */
    int encodedBytes(boolean zero);
}
