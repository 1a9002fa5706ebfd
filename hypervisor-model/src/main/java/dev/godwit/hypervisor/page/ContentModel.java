package dev.godwit.hypervisor.page;

import dev.godwit.trace.ContentSample;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * What pages of each kind weigh when encoded, by what was sampled of the recorded program.
 *
 * <p>A sample says what its pages weighed together, not one by one. A size is drawn by picking one of the kind's samples,
 * with a chance in proportion to its pages, and taking the mean of that sample, rounded up or down so that the mean of
 * what is drawn is the mean of all sampled pages. A sample whose pages did not shrink counts as raw.
 */
public final class ContentModel {
    private final int pageBytes;
    private final Sizes[][] sizes = new Sizes[MemoryKind.values().length + 1][Encoding.values().length];

    /**
     * @param samples of a trace, already checked
     * @param pageBytes size of a page
     */
    public ContentModel(List<ContentSample> samples, int pageBytes) {
        this.pageBytes = pageBytes;
        for (MemoryKind kind : MemoryKind.values()) {
            List<ContentSample> ofKind =
                    samples.stream().filter(sample -> sample.kind() == kind).toList();
            Sizes[] byEncoding = sizes[kind.code()];
            for (Encoding encoding : Encoding.values()) {
                byEncoding[encoding.index()] = Sizes.of(ofKind, encoding, pageBytes);
            }
        }
    }

    /** True if a page that is not zero was sampled. */
    public boolean isSampled(int kindCode) {
        return sizes[kindCode][Encoding.LZ4.index()] != null;
    }

    /** Bytes of an encoded page of a kind, without header; empty if none was sampled. */
    public OptionalDouble meanBytes(int kindCode, Encoding encoding) {
        Sizes known = sizes[kindCode][encoding.index()];
        return known == null ? OptionalDouble.empty() : OptionalDouble.of(known.mean);
    }

    /**
     * Draws the size of an encoded page, 0 to the size of a page.
     *
     * @throws IllegalArgumentException if the kind was not sampled
     */
    public int draw(int kindCode, Encoding encoding, SplittableRandom random) {
        Sizes known = sizes[kindCode][encoding.index()];
        if (known == null) {
            throw new IllegalArgumentException(encoding.label() + " of kind " + kindCode + " was not sampled");
        }
        return Math.min(pageBytes, known.draw(random));
    }

    /** Means of samples, and behind each how many pages there are up to it. */
    private static final class Sizes {
        private final double[] means;
        private final long[] pagesUpTo;
        private final double mean;

        private Sizes(double[] means, long[] pagesUpTo, double mean) {
            this.means = means;
            this.pagesUpTo = pagesUpTo;
            this.mean = mean;
        }

        /** Null if no page was sampled. */
        static Sizes of(List<ContentSample> samples, Encoding encoding, int pageBytes) {
            List<Double> means = new ArrayList<>();
            List<Long> pagesUpTo = new ArrayList<>();
            long pages = 0;
            double bytes = 0;
            for (ContentSample sample : samples) {
                long of = pages(sample, encoding);
                if (of > 0) {
                    double mean = Math.min(pageBytes, (double) bytes(sample, encoding) / of);
                    pages += of;
                    bytes += mean * of;
                    means.add(mean);
                    pagesUpTo.add(pages);
                }
            }
            return pages == 0
                    ? null
                    : new Sizes(
                            means.stream().mapToDouble(Double::doubleValue).toArray(),
                            pagesUpTo.stream().mapToLong(Long::longValue).toArray(),
                            bytes / pages);
        }

        private static long pages(ContentSample sample, Encoding encoding) {
            return switch (encoding) {
                case ZERO, RAW -> 0;
                case DELTA -> sample.changedPages();
                case LZ4, ZSTD -> sample.sampledPages() - sample.zeroPages();
            };
        }

        private static long bytes(ContentSample sample, Encoding encoding) {
            return switch (encoding) {
                case ZERO, RAW -> 0;
                case DELTA -> sample.deltaBytes();
                case LZ4 -> sample.lz4Bytes();
                case ZSTD -> sample.zstdBytes();
            };
        }

        int draw(SplittableRandom random) {
            long page = random.nextLong(pagesUpTo[pagesUpTo.length - 1]);
            int low = 0;
            int high = pagesUpTo.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (pagesUpTo[middle] > page) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return (int) (means[low] + random.nextDouble());
        }
    }
}
