package dev.godwit.hypervisor.page;

/**
 * How fast one processor encodes, in bytes of pages per second.
 *
 * @param zeroCheckBytesPerSecond looking whether a page is all zeros, the whole page
 * @param deltaBytesPerSecond XOR and run-length coding
 * @param lz4BytesPerSecond LZ4, page by page
 * @param zstdBytesPerSecond zstd level 1, page by page
 */
public record EncoderThroughput(
        double zeroCheckBytesPerSecond,
        double deltaBytesPerSecond,
        double lz4BytesPerSecond,
        double zstdBytesPerSecond) {

    /**
     * Measured on one core of a quiet machine, JDK 17, on pages of 4 KiB of an H2 database's heap, best of five; LZ4 in
     * Java with Unsafe. Other machines differ: {@code java -jar agent/benchmarks/target/benchmarks.jar
     * PageCodecBenchmark} measures the encoders there are.
     */
    public static final EncoderThroughput MEASURED = new EncoderThroughput(17.7e9, 5.0e9, 0.40e9, 0.33e9);

    public EncoderThroughput {
        require(zeroCheckBytesPerSecond, "zero check");
        require(deltaBytesPerSecond, "delta");
        require(lz4BytesPerSecond, "LZ4");
        require(zstdBytesPerSecond, "zstd");
    }

    private static void require(double bytesPerSecond, String what) {
        if (!(bytesPerSecond > 0)) {
            throw new IllegalArgumentException(
                    what + " at " + bytesPerSecond + " bytes/s: give a throughput above zero");
        }
    }

    /** Processor time that a page takes, the check for zeros left out. */
    public double nanos(Encoding encoding, int pageBytes) {
        return switch (encoding) {
            case ZERO, RAW -> 0;
            case DELTA -> pageBytes * 1e9 / deltaBytesPerSecond;
            case LZ4 -> pageBytes * 1e9 / lz4BytesPerSecond;
            case ZSTD -> pageBytes * 1e9 / zstdBytesPerSecond;
        };
    }

    /** Processor time of the check for zeros. */
    public double zeroCheckNanos(int pageBytes) {
        return pageBytes * 1e9 / zeroCheckBytesPerSecond;
    }
}
