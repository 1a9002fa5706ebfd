package dev.godwit.hypervisor.page;

import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Encodes pages that have no bytes: zeros are told, every other size is drawn from the {@link ContentModel} of its kind.
 *
 * <p>As in QEMU, versions are kept from the second round on: in the first no page has an earlier one. Only pages of kinds
 * for which the policy would pick a delta are kept, so that the others do not drive them out. A kind that was not sampled
 * is sent raw.
 */
public final class ModelledEncoder implements PageEncoder {
    /** QEMU's default: 64 MiB. */
    public static final long DEFAULT_CACHE_BYTES = 64L << 20;

    private static final int ENCODINGS = Encoding.values().length;

    private final ContentModel contents;
    private final EncoderThroughput throughput;
    private final int pageBytes;
    private final SplittableRandom random;
    private final SentPageSlots cache;
    private final long cacheBytes;
    private final Encoding[] first;
    private final Encoding[] again;
    private final double[][] expected;
    private final long[][] pages;
    private int round = 1;
    private Encoding picked = Encoding.RAW;
    private double cpuNanos;
    private double decodingNanos;
    private long deltaBytes;
    private long deltaPages;
    private long cacheMiss;
    private long overflow;

    /**
     * What an encoder is given.
     *
     * @param contents sizes
     * @param policy picks the encoding of each kind
     * @param throughput of a processor of either host
     * @param bandwidthBytesPerSecond of the link
     * @param pageBytes size of a page
     * @param cacheBytes room for versions sent before
     * @param random draws sizes
     */
    public record Setting(
            ContentModel contents,
            EncoderPolicy policy,
            EncoderThroughput throughput,
            long bandwidthBytesPerSecond,
            int pageBytes,
            long cacheBytes,
            SplittableRandom random) {}

    public ModelledEncoder(Setting setting) {
        contents = setting.contents;
        throughput = setting.throughput;
        pageBytes = setting.pageBytes;
        random = setting.random;
        cacheBytes = setting.cacheBytes;
        cache = new SentPageSlots(cacheBytes, pageBytes);
        int kinds = MemoryKind.values().length + 1;
        first = new Encoding[kinds];
        again = new Encoding[kinds];
        expected = new double[kinds][ENCODINGS];
        pages = new long[kinds][ENCODINGS];
        for (int kind = 0; kind < kinds; kind++) {
            int code = kind;
            EncoderPolicy.MeanSizes sizes = encoding -> contents.meanBytes(code, encoding);
            first[kind] = setting.policy.choose(sizes, false);
            again[kind] = setting.policy.choose(sizes, true);
            for (Encoding encoding : List.of(first[kind], again[kind])) {
                expected[kind][encoding.index()] = expectedBytes(kind, encoding, setting.bandwidthBytesPerSecond);
            }
        }
    }

    private double expectedBytes(int kindCode, Encoding encoding, long bandwidthBytesPerSecond) {
        if (encoding == Encoding.RAW) {
            return encodedBytes(false);
        }
        double wireBytes = HEADER_BYTES
                + ENCODED_HEADER_BYTES
                + contents.meanBytes(kindCode, encoding).orElseThrow();
        return Math.max(wireBytes, throughput.slowerNanos(encoding, pageBytes) * bandwidthBytesPerSecond / 1e9);
    }

    @Override
    public int encodedBytes(boolean zero) {
        return HEADER_BYTES + (zero ? ZERO_BODY_BYTES : pageBytes);
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        cpuNanos += throughput.zeroCheckNanos(pageBytes);
        if (zero) {
            // If a version of it is held, it is the zeros from now on; it stays where it is.
            pages[kindCode == 0 ? MemoryKind.GUEST_FREE.code() : kindCode][Encoding.ZERO.index()]++;
            return encodedBytes(true);
        }
        boolean cached = look(gfn, kindCode);
        Encoding encoding = cached ? again[kindCode] : first[kindCode];
        picked = encoding;
        cpuNanos += throughput.encodingNanos(encoding, pageBytes);
        int bytes = encoding == Encoding.RAW ? pageBytes : contents.draw(kindCode, encoding, random);
        boolean fits = encoding != Encoding.RAW && bytes < pageBytes;
        decodingNanos += fits ? throughput.decodingNanos(encoding, pageBytes) : 0;
        if (cached) {
            deltaPages++;
            deltaBytes += bytes + (fits ? ENCODED_HEADER_BYTES : 0);
            overflow += fits ? 0 : 1;
        }
        pages[kindCode][(fits ? encoding : Encoding.RAW).index()]++;
        return HEADER_BYTES + bytes + (fits ? ENCODED_HEADER_BYTES : 0);
    }

    /** True if the version sent before is at hand; if it is not, this one will be next time, where there is room. */
    private boolean look(int gfn, int kindCode) {
        if (again[kindCode] != Encoding.DELTA) {
            // A frame that held another kind before: the destination will not have what is held of it.
            cache.forget(gfn);
            return false;
        }
        if (round == 1) {
            return false;
        }
        if (cache.find(gfn, round) != SentPageSlots.NONE) {
            return true;
        }
        cacheMiss++;
        cache.claim(gfn, round);
        return false;
    }

    @Override
    public Encoding picked() {
        return picked;
    }

    @Override
    public boolean isSelective() {
        return true;
    }

    @Override
    public double expectedBytes(int gfn, int kindCode, boolean zero) {
        if (zero) {
            return encodedBytes(true);
        }
        boolean cached = again[kindCode] == Encoding.DELTA && cache.peek(gfn) != SentPageSlots.NONE;
        return expected[kindCode][(cached ? again : first)[kindCode].index()];
    }

    @Override
    public void endRound() {
        round++;
    }

    @Override
    public long cpuNanos() {
        return (long) cpuNanos;
    }

    @Override
    public long decodingNanos() {
        return (long) decodingNanos;
    }

    @Override
    public Optional<EncodingReport> report() {
        List<EncodingReport.Kind> kinds = new ArrayList<>();
        for (MemoryKind kind : MemoryKind.values()) {
            Map<Encoding, Long> sent = new EnumMap<>(Encoding.class);
            for (Encoding encoding : Encoding.values()) {
                long count = pages[kind.code()][encoding.index()];
                if (count > 0) {
                    sent.put(encoding, count);
                }
            }
            if (!sent.isEmpty()) {
                kinds.add(new EncodingReport.Kind(
                        kind, contents.isSampled(kind.code()), first[kind.code()], again[kind.code()], sent));
            }
        }
        return Optional.of(new EncodingReport(
                cpuNanos(), kinds, new DeltaStatistics(cacheBytes, deltaBytes, deltaPages, cacheMiss, overflow)));
    }
}
