package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.page.PageEncoder;

/**
 * Pages that are ready to be sent.
 *
 * @param pageBytes size of the pages
 * @param wireBytes what they weigh encoded
 * @param encodingNanos processor time of their encoding
 * @param decodingNanos processor time of their decoding, at the other host
 */
public record EncodedPages(long pageBytes, long wireBytes, long encodingNanos, long decodingNanos) {

    /** Tells what an encoder has done from one batch of pages to the next. */
    public static final class Meter {
        private final PageEncoder encoder;
        private long encodingNanos;
        private long decodingNanos;

        public Meter(PageEncoder encoder) {
            this.encoder = encoder;
            take(0, 0);
        }

        /** What was encoded since the last time. */
        public EncodedPages take(long pageBytes, long wireBytes) {
            EncodedPages since = new EncodedPages(
                    pageBytes, wireBytes, encoder.cpuNanos() - encodingNanos, encoder.decodingNanos() - decodingNanos);
            encodingNanos = encoder.cpuNanos();
            decodingNanos = encoder.decodingNanos();
            return since;
        }
    }
}
