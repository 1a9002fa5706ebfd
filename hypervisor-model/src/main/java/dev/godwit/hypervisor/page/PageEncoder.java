package dev.godwit.hypervisor.page;

import java.util.Optional;

/**
 * How a page travels. One instance serves one migration, in a replay: pages have no bytes, so it is told what a page is,
 * and says what that weighs.
 */
public interface PageEncoder {

    /** Bytes in front of every page on the wire: QEMU packs the page's address and its flags into eight. */
    int HEADER_BYTES = 8;

    /** What stands for a page of zeros behind the header: QEMU sends the byte that fills it. */
    int ZERO_BODY_BYTES = 1;

    /** Bytes behind the header of an encoded page: one for the encoding, two for the size, as before QEMU's XBZRLE. */
    int ENCODED_HEADER_BYTES = 3;

    /**
     * Bytes on the wire of a page that is sent as it is, header included.
     *
     * @param zero true if the page holds nothing but zeros
     */
    int encodedBytes(boolean zero);

    /**
     * These pages are sent next, in this order, and all of them are read now: an encoder that reads real memory does so
     * for all at once.
     *
     * @param gfns their numbers, in the first {@code count} places; not to be kept
     */
    default void readAhead(int[] gfns, int count) {}

    /**
     * Sends a page.
     *
     * @param gfn its number
     * @param kindCode code of what it holds
     * @param zero true if it holds nothing but zeros
     * @return bytes on the wire, header included
     */
    default int encode(int gfn, int kindCode, boolean zero) {
        return encodedBytes(zero);
    }

    /** What the encoder picked for the page that {@link #encode} was given last, zeros left out; raw if it has no choice. */
    default Encoding picked() {
        return Encoding.RAW;
    }

    /** True if pages are expected to differ in what they cost: then {@link #expectedBytes} is worth a look at each. */
    default boolean isSelective() {
        return false;
    }

    /**
     * What a page would take of the link if it were sent now; nothing is sent. A page whose encoding takes longer than its
     * sending counts for what the link could have carried meanwhile.
     */
    default double expectedBytes(int gfn, int kindCode, boolean zero) {
        return encodedBytes(false);
    }

    /** A round is over: what was sent before it is older by one. */
    default void endRound() {}

    /** Processor time that encoding has taken so far, on one processor. */
    default long cpuNanos() {
        return 0;
    }

    /** Processor time that decoding what was encoded so far takes at the destination, on one processor. */
    default long decodingNanos() {
        return 0;
    }

    /** What was encoded how so far; empty for an encoder that has no choice. */
    default Optional<EncodingReport> report() {
        return Optional.empty();
    }
}
