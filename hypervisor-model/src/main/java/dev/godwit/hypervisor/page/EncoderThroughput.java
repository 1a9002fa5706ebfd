package dev.godwit.hypervisor.page;

/**
 * How fast one processor encodes and decodes.
 *
 * @param zeroCheckBytesPerSecond looking whether a page is all zeros, the whole page, in bytes of pages per second
 * @param delta XOR and run-length coding
 * @param lz4 LZ4, page by page
 * @param zstd zstd level 1, page by page
 */
public record EncoderThroughput(double zeroCheckBytesPerSecond, Codec delta, Codec lz4, Codec zstd) {

    /**
     * Measured by {@code java -jar agent/benchmarks/target/benchmarks.jar 'Page(Codec|Delta)Benchmark'} (JMH) on a 2-core x86-64 VM with
     * Linux 6.18 and JDK 17, pages of 4 KiB that look like a Java heap: 77.6 ns for a page of zeros that is looked through,
     * 1,067 and 472 ns to make and to apply a delta, 16.8 us for zstd, each the mean of five seconds on a quiet machine. LZ4
     * (6.9 us, and 1.2 us back, by its native library) and decoding zstd (6.3 us) are the best of 25 rounds of processor time
     * over the same pages, taken while others used the machine. On JDK 25 a delta takes 1,220 and 587 ns, the rest the same.
     */
    public static final EncoderThroughput MEASURED = new EncoderThroughput(
            4096 / 77.6e-9,
            new Codec(4096 / 1.067e-6, 4096 / 0.472e-6),
            new Codec(4096 / 6.9e-6, 4096 / 1.2e-6),
            new Codec(4096 / 16.8e-6, 4096 / 6.3e-6));

    /**
     * Both ways of an encoding, in bytes of pages per second.
     *
     * @param encodeBytesPerSecond at the source
     * @param decodeBytesPerSecond at the destination
     */
    public record Codec(double encodeBytesPerSecond, double decodeBytesPerSecond) {}

    public EncoderThroughput {
        require(zeroCheckBytesPerSecond, "zero check");
        require(delta.encodeBytesPerSecond, "delta");
        require(delta.decodeBytesPerSecond, "applying a delta");
        require(lz4.encodeBytesPerSecond, "LZ4");
        require(lz4.decodeBytesPerSecond, "decoding LZ4");
        require(zstd.encodeBytesPerSecond, "zstd");
        require(zstd.decodeBytesPerSecond, "decoding zstd");
    }

    private static void require(double bytesPerSecond, String what) {
        if (!(bytesPerSecond > 0)) {
            throw new IllegalArgumentException(
                    what + " at " + bytesPerSecond + " bytes/s: give a throughput above zero");
        }
    }

    /** Processor time that a page takes at the source, the check for zeros left out. */
    public double encodingNanos(Encoding encoding, int pageBytes) {
        return switch (encoding) {
            case ZERO, RAW -> 0;
            case DELTA -> pageBytes * 1e9 / delta.encodeBytesPerSecond;
            case LZ4 -> pageBytes * 1e9 / lz4.encodeBytesPerSecond;
            case ZSTD -> pageBytes * 1e9 / zstd.encodeBytesPerSecond;
        };
    }

    /** Processor time that a page takes at the destination. */
    public double decodingNanos(Encoding encoding, int pageBytes) {
        return switch (encoding) {
            case ZERO, RAW -> 0;
            case DELTA -> pageBytes * 1e9 / delta.decodeBytesPerSecond;
            case LZ4 -> pageBytes * 1e9 / lz4.decodeBytesPerSecond;
            case ZSTD -> pageBytes * 1e9 / zstd.decodeBytesPerSecond;
        };
    }

    /** Processor time of a page on the host that needs longer: both work at the same time. */
    public double slowerNanos(Encoding encoding, int pageBytes) {
        return Math.max(encodingNanos(encoding, pageBytes), decodingNanos(encoding, pageBytes));
    }

    /** Processor time of the check for zeros. */
    public double zeroCheckNanos(int pageBytes) {
        return pageBytes * 1e9 / zeroCheckBytesPerSecond;
    }
}
