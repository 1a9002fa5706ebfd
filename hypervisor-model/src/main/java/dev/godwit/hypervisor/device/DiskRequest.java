package dev.godwit.hypervisor.device;

/**
 * What a guest asks its disk for.
 *
 * @param number counted by the disk, from zero
 * @param write true if it writes, false if it reads
 * @param block which block
 * @param content what is written, as a token; 0 for a read
 */
public record DiskRequest(long number, boolean write, long block, long content) {
    /** Size of a block. */
    public static final int BLOCK_BYTES = 4096;

    /** On the wire: the 16 bytes of virtio's request header and three descriptors of 16 bytes each. */
    public static final int STATE_BYTES = 64;
}
