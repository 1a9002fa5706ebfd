package dev.godwit.hypervisor.stream.verify;

import java.util.List;

/**
 * What a capture holds; everything in it was checked.
 *
 * @param name of the guest
 * @param technique by which it was migrated
 * @param pageBytes size of a page
 * @param pages of the guest
 * @param records in both directions
 * @param bytes of the file
 * @param rounds in their order
 * @param missingPages pages that the destination waited for
 * @param requests of the destination
 * @param refusals of the source
 * @param consistentPoints at which the source could have gone on
 * @param hashedPages pages whose content was compared with its hash
 * @param decodedPages pages whose content was restored from what was sent
 * @param outcome how it ended
 * @param reason why, of a migration that was cancelled or failed; else empty
 */
public record Findings(
        String name,
        String technique,
        int pageBytes,
        long pages,
        long records,
        long bytes,
        List<Round> rounds,
        long missingPages,
        long requests,
        long refusals,
        long consistentPoints,
        long hashedPages,
        long decodedPages,
        Outcome outcome,
        String reason) {

    /** How a migration ended. */
    public enum Outcome {
        AT_DESTINATION("the VM runs at the destination"),
        AT_SOURCE("the VM came back to the source"),
        CANCELLED("cancelled, the VM runs at the source"),
        FAILED("failed");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        /** For the user. */
        public String text() {
            return text;
        }
    }

    /**
     * One round.
     *
     * @param number in its direction
     * @param kind live, paused, demand or back
     * @param pagesByEncoding zero, raw, delta, LZ4, zstd, dropped, stored
     * @param dataBytes what stood for them
     * @param closed false if the migration was given up within it
     */
    public record Round(int number, String kind, List<Long> pagesByEncoding, long dataBytes, boolean closed) {

        /** Pages of all encodings. */
        public long pages() {
            return pagesByEncoding.stream().mapToLong(Long::longValue).sum();
        }
    }
}
