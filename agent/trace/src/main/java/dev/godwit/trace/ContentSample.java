package dev.godwit.trace;

/**
 * Contents of sampled pages of one kind, so that compression can be modelled from real data.
 *
 * <p>Zero pages are counted and left out of the sizes that follow. Of {@code sampledPages - zeroPages} pages,
 * {@code changedPages} had a version before and differed from it.
 *
 * @param timeNanos when the pages were read
 * @param kind kind of memory
 * @param sampledPages pages read
 * @param zeroPages of these, pages of zeros
 * @param changedPages of these, pages whose earlier version was at hand and differed
 * @param deltaBytes size of the changed pages as {@link PageDelta} of their earlier version, a page that does not shrink
 *     counted raw
 * @param lz4Bytes size of the non-zero pages after LZ4, page by page
 * @param zstdBytes size of the non-zero pages after zstd level 1, page by page
 */
public record ContentSample(
        long timeNanos,
        MemoryKind kind,
        long sampledPages,
        long zeroPages,
        long changedPages,
        long deltaBytes,
        long lz4Bytes,
        long zstdBytes)
        implements TraceRecord {}
