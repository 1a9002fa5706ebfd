package dev.godwit.hypervisor.page;

import java.util.Arrays;
import java.util.Optional;

/** How a user wants pages to be made smaller. Zeros always go as nothing. */
public enum Compression {
    /** Not at all. */
    NONE("none"),
    /** As a difference to the version sent before, where that is at hand. */
    DELTA("delta"),
    LZ4("lz4"),
    ZSTD("zstd"),
    /** For each kind of memory what lets most pages through, by whether processor or link is the bottleneck. */
    AUTO("auto");

    private final String label;

    Compression(String label) {
        this.label = label;
    }

    /** On the command line and in JSON. */
    public String label() {
        return label;
    }

    /** Empty if there is none of that name. */
    public static Optional<Compression> named(String label) {
        return Arrays.stream(values()).filter(each -> each.label.equals(label)).findFirst();
    }

    /** True if versions of pages that were sent are kept. */
    public boolean keepsVersions() {
        return this == DELTA || this == AUTO;
    }

    /**
     * What picks the encoding of a page.
     *
     * @param throughput of the source's processor
     * @param bandwidthBytesPerSecond of the link
     * @param pageBytes size of a page
     */
    public EncoderPolicy policy(EncoderThroughput throughput, long bandwidthBytesPerSecond, int pageBytes) {
        return switch (this) {
            case NONE -> (sizes, cached) -> Encoding.RAW;
            case DELTA -> EncoderPolicy.deltaWhereverPossible();
            case LZ4 -> EncoderPolicy.always(Encoding.LZ4);
            case ZSTD -> EncoderPolicy.always(Encoding.ZSTD);
            case AUTO -> EncoderPolicy.byBottleneck(throughput, bandwidthBytesPerSecond, pageBytes);
        };
    }
}
