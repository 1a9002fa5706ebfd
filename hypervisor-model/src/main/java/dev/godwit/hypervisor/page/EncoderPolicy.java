package dev.godwit.hypervisor.page;

import java.util.List;
import java.util.OptionalDouble;

/** How the pages of one kind of memory travel. Pure: what was sampled is all it knows. Zeros are found before it. */
@FunctionalInterface
public interface EncoderPolicy {

    /** What the pages of one kind weigh, on average. */
    @FunctionalInterface
    interface MeanSizes {

        /** Bytes of an encoded page, without header; empty if nobody sampled it. */
        OptionalDouble meanBytes(Encoding encoding);
    }

    /**
     * Chooses.
     *
     * @param sizes of the kind
     * @param cached true if the version sent before is at hand, so that a delta can be made
     */
    Encoding choose(MeanSizes sizes, boolean cached);

    /** QEMU's XBZRLE: a delta wherever one can be made, whatever it saves; nothing else. */
    static EncoderPolicy deltaWhereverPossible() {
        return (sizes, cached) -> cached && sizes.meanBytes(Encoding.DELTA).isPresent() ? Encoding.DELTA : Encoding.RAW;
    }

    /** One encoding for every kind that was sampled. */
    static EncoderPolicy always(Encoding encoding) {
        return (sizes, cached) -> sizes.meanBytes(encoding).isPresent() ? encoding : Encoding.RAW;
    }

    /**
     * The encoding that lets most pages through. Encoding a batch overlaps with sending the one before and decoding the one
     * before that, so a page takes what a processor or the link takes, whichever is longest. On a slow link the smallest page wins, on a fast one the
     * cheapest.
     *
     * <p>Example, pages of 4096 bytes that zstd (16.8 us) brings to 1400 and LZ4 (6.9 us) to 2200 bytes. At 1 Gbit/s: raw
     * 32.8 us, LZ4 17.7 us (link), zstd 16.8 us (processor): zstd. At 3 Gbit/s: raw 10.9 us, LZ4 6.9 us (processor): LZ4. At
     * 10 Gbit/s: raw 3.3 us: raw.
     *
     * @param throughput of a processor of either host
     * @param bandwidthBytesPerSecond of the link
     * @param pageBytes size of a page
     */
    static EncoderPolicy byBottleneck(EncoderThroughput throughput, long bandwidthBytesPerSecond, int pageBytes) {
        return (sizes, cached) -> {
            Encoding best = Encoding.RAW;
            double bestNanos = (PageEncoder.HEADER_BYTES + pageBytes) * 1e9 / bandwidthBytesPerSecond;
            for (Encoding encoding : List.of(Encoding.DELTA, Encoding.LZ4, Encoding.ZSTD)) {
                OptionalDouble bytes = sizes.meanBytes(encoding);
                if (bytes.isEmpty() || (encoding == Encoding.DELTA && !cached)) {
                    continue;
                }
                double wireBytes = PageEncoder.HEADER_BYTES + PageEncoder.ENCODED_HEADER_BYTES + bytes.getAsDouble();
                double nanos = Math.max(
                        throughput.slowerNanos(encoding, pageBytes), wireBytes * 1e9 / bandwidthBytesPerSecond);
                if (nanos < bestNanos) {
                    best = encoding;
                    bestNanos = nanos;
                }
            }
            return best;
        };
    }
}
