package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.page.DeltaCompressor;
import dev.godwit.hypervisor.page.EncoderPolicy;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.hypervisor.page.PageCompressor;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.hypervisor.stream.WireEncoding;
import dev.godwit.trace.MemoryKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Makes real pages smaller, as a user asked, and puts them into a batch.
 *
 * <p>For {@code auto} some pages of each kind of memory are tried by every encoding, always the same ones, so that there are
 * deltas among them; what they weighed, what they took of this processor, and the link's bandwidth choose for the rest of
 * their kind. Versions are kept from the second round on, as before that no page has an earlier one.
 */
final class PageSqueezer implements AutoCloseable {
    private static final int KINDS = MemoryKind.values().length + 1;

    /** Pages of each kind that are tried whatever their number. */
    private static final int FIRST_TRIES = 16;

    /** Of the others one in 256 is tried. */
    private static final int TRIED_SHIFT = 24;

    private static final int SCATTER = 0x9E3779B1;

    private final Compression compression;
    private final long bandwidthBytesPerSecond;
    private final int pageBytes;
    private final DeltaCompressor delta;
    private final PageCompressor lz4 = PageCompressor.lz4();
    private final PageCompressor zstd = PageCompressor.zstd();
    private final MeasuredSizes sizes;
    private final byte[] page;
    private final byte[][] encoded;
    private final int[] encodedBytes = new int[Encoding.values().length];
    private final Encoding[] first = new Encoding[KINDS];
    private final Encoding[] again = new Encoding[KINDS];
    private final long[][] sent = new long[KINDS][Encoding.values().length];
    private final long[] wireBytes = new long[KINDS];
    private final long[] wirePages = new long[KINDS];
    private int round = 1;
    private long cpuNanos;

    /**
     * @param cacheBytes room for versions sent before
     * @param bandwidthBytesPerSecond of the link
     */
    PageSqueezer(Compression compression, long cacheBytes, long bandwidthBytesPerSecond, int pageBytes) {
        this.compression = compression;
        this.bandwidthBytesPerSecond = bandwidthBytesPerSecond;
        this.pageBytes = pageBytes;
        this.delta = new DeltaCompressor(cacheBytes, pageBytes);
        this.sizes = new MeasuredSizes(KINDS, pageBytes);
        this.page = new byte[pageBytes];
        this.encoded = new byte[Encoding.values().length][pageBytes];
        for (int kind = 0; kind < KINDS; kind++) {
            choose(kind);
        }
    }

    private void choose(int kind) {
        if (compression != Compression.AUTO) {
            first[kind] = fixed(false);
            again[kind] = fixed(true);
            return;
        }
        EncoderPolicy policy = compression.policy(sizes.throughput(), bandwidthBytesPerSecond, pageBytes);
        EncoderPolicy.MeanSizes means = encoding -> sizes.meanBytes(kind, encoding);
        first[kind] = policy.choose(means, false);
        again[kind] = policy.choose(means, true);
    }

    private Encoding fixed(boolean cached) {
        return switch (compression) {
            case NONE, AUTO -> Encoding.RAW;
            case DELTA -> cached ? Encoding.DELTA : Encoding.RAW;
            case LZ4 -> Encoding.LZ4;
            case ZSTD -> Encoding.ZSTD;
        };
    }

    /** A page goes as zeros. */
    void zero(int gfn, int kindCode) {
        delta.sentZeros(gfn);
        sent[kindCode][Encoding.ZERO.index()]++;
    }

    /** A page goes by other means. */
    void sentOtherwise(int gfn) {
        delta.sentOtherwise(gfn);
    }

    /**
     * Puts a page into the batch.
     *
     * @param number under which it goes
     * @param content the page, from position to limit
     * @return bytes of it on the wire, headers counted as QEMU does
     */
    int put(int gfn, long number, int kindCode, ByteBuffer content, PageBatch batch) {
        content.get(page);
        Encoding encoding = pick(gfn, kindCode);
        int bytes = encoding == Encoding.RAW ? pageBytes : encodedBytes[encoding.index()];
        if (encoding == Encoding.RAW) {
            batch.room().put(page);
            batch.raw(number, 1);
        } else {
            batch.room().put(encoded[encoding.index()], 0, bytes);
            batch.encoded(number, wire(encoding), bytes);
            bytes += PageEncoder.ENCODED_HEADER_BYTES;
        }
        sent[kindCode][encoding.index()]++;
        wirePages[kindCode]++;
        wireBytes[kindCode] += PageEncoder.HEADER_BYTES + bytes;
        return PageEncoder.HEADER_BYTES + bytes;
    }

    private static WireEncoding wire(Encoding encoding) {
        return switch (encoding) {
            case ZERO -> WireEncoding.ZERO;
            case RAW -> WireEncoding.RAW;
            case DELTA -> WireEncoding.DELTA;
            case LZ4 -> WireEncoding.LZ4;
            case ZSTD -> WireEncoding.ZSTD;
        };
    }

    /** Encodes the page at hand in the way that was chosen, raw if that does not make it smaller. */
    private Encoding pick(int gfn, int kindCode) {
        boolean tried = compression == Compression.AUTO && isTried(gfn, kindCode);
        if (tried) {
            encode(Encoding.LZ4, kindCode);
            encode(Encoding.ZSTD, kindCode);
        }
        boolean hasDelta = false;
        if (tried || again[kindCode] == Encoding.DELTA) {
            hasDelta = encodeDelta(gfn, kindCode);
        } else {
            delta.sentOtherwise(gfn);
        }
        if (tried) {
            choose(kindCode);
        }
        Encoding chosen = hasDelta ? again[kindCode] : first[kindCode];
        boolean done = tried || chosen == Encoding.RAW || chosen == Encoding.DELTA;
        if (!done) {
            encode(chosen, kindCode);
        }
        boolean fits = chosen == Encoding.RAW || encodedBytes[chosen.index()] != PageCompressor.OVERFLOW;
        return fits ? chosen : Encoding.RAW;
    }

    private boolean isTried(int gfn, int kindCode) {
        return sizes.count(kindCode, Encoding.LZ4) < FIRST_TRIES || (gfn * SCATTER) >>> TRIED_SHIFT == 0;
    }

    private void encode(Encoding encoding, int kindCode) {
        PageCompressor compressor = encoding == Encoding.LZ4 ? lz4 : zstd;
        long from = WallClock.nanos();
        int size = compressor.compress(page, encoded[encoding.index()]);
        encodedBytes[encoding.index()] = size;
        sizes.add(kindCode, encoding, size == PageCompressor.OVERFLOW ? pageBytes : size, WallClock.nanos() - from);
    }

    /** True if there was an earlier version, and the delta to it is smaller than the page. */
    private boolean encodeDelta(int gfn, int kindCode) {
        if (round == 1) {
            return false;
        }
        boolean held = delta.holds(gfn);
        long from = WallClock.nanos();
        int size = delta.encode(gfn, page, encoded[Encoding.DELTA.index()]);
        encodedBytes[Encoding.DELTA.index()] = size;
        if (held) {
            sizes.add(
                    kindCode,
                    Encoding.DELTA,
                    size == DeltaCompressor.SEND_RAW ? pageBytes : size,
                    WallClock.nanos() - from);
        }
        return size != DeltaCompressor.SEND_RAW;
    }

    /** Versions sent so far are older by a round. */
    void endRound() {
        round++;
        delta.endRound();
    }

    /** Processor time that was spent on it. */
    void spent(long nanos) {
        cpuNanos += nanos;
    }

    /** What a page of a kind has taken of the wire so far, on average; all of it if none went. */
    double expectedBytes(int kindCode) {
        return wirePages[kindCode] == 0
                ? PageEncoder.HEADER_BYTES + pageBytes
                : (double) wireBytes[kindCode] / wirePages[kindCode];
    }

    /** What was encoded how. */
    EncodingReport report() {
        List<EncodingReport.Kind> kinds = new ArrayList<>();
        for (MemoryKind kind : MemoryKind.values()) {
            Map<Encoding, Long> pages = new EnumMap<>(Encoding.class);
            for (Encoding encoding : Encoding.values()) {
                long count = sent[kind.code()][encoding.index()];
                if (count > 0) {
                    pages.put(encoding, count);
                }
            }
            if (!pages.isEmpty()) {
                kinds.add(new EncodingReport.Kind(kind, true, first[kind.code()], again[kind.code()], pages));
            }
        }
        return new EncodingReport(cpuNanos, kinds, delta.statistics());
    }

    @Override
    public void close() {
        lz4.close();
        zstd.close();
    }
}
