package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.page.EncoderThroughput;
import dev.godwit.hypervisor.page.Encoding;
import java.util.OptionalDouble;

/** What pages that were tried weighed by each encoding, by kind of memory, and how long that took. */
final class MeasuredSizes {
    private static final int ENCODINGS = Encoding.values().length;

    private final int pageBytes;
    private final long[][] pages;
    private final long[][] bytes;
    private final long[] tries = new long[ENCODINGS];
    private final long[] nanos = new long[ENCODINGS];

    MeasuredSizes(int kinds, int pageBytes) {
        this.pageBytes = pageBytes;
        this.pages = new long[kinds][ENCODINGS];
        this.bytes = new long[kinds][ENCODINGS];
    }

    /** A page of a kind was encoded. */
    void add(int kindCode, Encoding encoding, int size, long tookNanos) {
        pages[kindCode][encoding.index()]++;
        bytes[kindCode][encoding.index()] += size;
        tries[encoding.index()]++;
        nanos[encoding.index()] += tookNanos;
    }

    /** Pages of a kind that were encoded so. */
    long count(int kindCode, Encoding encoding) {
        return pages[kindCode][encoding.index()];
    }

    /** Bytes of a page, on average; empty if none of the kind was encoded so. */
    OptionalDouble meanBytes(int kindCode, Encoding encoding) {
        long count = count(kindCode, encoding);
        return count == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) bytes[kindCode][encoding.index()] / count);
    }

    /** What this processor was measured to do, on average; what was not tried, and decoding, is taken to be as elsewhere. */
    EncoderThroughput throughput() {
        return new EncoderThroughput(
                EncoderThroughput.MEASURED.zeroCheckBytesPerSecond(),
                codec(Encoding.DELTA, EncoderThroughput.MEASURED.delta()),
                codec(Encoding.LZ4, EncoderThroughput.MEASURED.lz4()),
                codec(Encoding.ZSTD, EncoderThroughput.MEASURED.zstd()));
    }

    private EncoderThroughput.Codec codec(Encoding encoding, EncoderThroughput.Codec otherwise) {
        long took = nanos[encoding.index()];
        return took == 0
                ? otherwise
                : new EncoderThroughput.Codec(
                        tries[encoding.index()] * (double) pageBytes * 1e9 / took, otherwise.decodeBytesPerSecond());
    }
}
