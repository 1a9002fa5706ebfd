package dev.godwit.agent.pages;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageDelta;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;

/** The sampled pages of one kind of memory, each with the version that was read last. */
final class SampledPages implements AutoCloseable {
    private static final long NONE = -1;
    /** One slot in so many is drawn anew each time. */
    private static final int REDRAW = 4;

    private final int page = PageSize.bytes();
    private final int slots;
    private final ProcessMemory memory;
    private final PageCompressors compressors;
    private final long[] addresses;
    private final boolean[] hasVersion;
    private final NativeBuffer buffer;
    private final ByteBuffer[] versions;
    private final ByteBuffer current;
    private final long currentAddress;
    private final ByteBuffer zeros;
    private final byte[] bytes = new byte[page];
    private final byte[] earlier = new byte[page];
    private final byte[] delta = new byte[page];
    private int round;

    SampledPages(int slots, ProcessMemory memory, PageCompressors compressors) {
        this.slots = slots;
        this.memory = memory;
        this.compressors = compressors;
        this.addresses = new long[slots];
        this.hasVersion = new boolean[slots];
        this.buffer = NativeBuffer.shared((slots + 2L) * page);
        this.versions = new ByteBuffer[slots];
        for (int i = 0; i < slots; i++) {
            addresses[i] = NONE;
            versions[i] = buffer.slice((long) i * page, page);
        }
        this.current = buffer.slice((long) slots * page, page);
        this.currentAddress = buffer.address() + (long) slots * page;
        this.zeros = buffer.slice((slots + 1L) * page, page);
    }

    /** Keeps pages that are still of the kind, but for a quarter, and fills up with pages drawn at random. */
    void draw(AddressRanges present, Random random) {
        for (int i = 0; i < slots; i++) {
            boolean stays = addresses[i] != NONE && i % REDRAW != round % REDRAW && present.contains(addresses[i]);
            if (!stays) {
                addresses[i] = NONE;
                hasVersion[i] = false;
            }
        }
        round++;
        long pages = present.bytes() / page;
        for (int i = 0; i < slots && pages > 0; i++) {
            if (addresses[i] == NONE) {
                long drawn = present.page((long) (random.nextDouble() * pages));
                addresses[i] = isSampled(drawn) ? NONE : drawn;
            }
        }
    }

    private boolean isSampled(long address) {
        for (long sampled : addresses) {
            if (sampled == address) {
                return true;
            }
        }
        return false;
    }

    /** Reads the pages; empty if none could be read. */
    Optional<ContentSample> measure(long timeNanos, MemoryKind kind) {
        Sums sums = new Sums();
        for (int i = 0; i < slots; i++) {
            if (addresses[i] == NONE) {
                continue;
            }
            if (memory.read(addresses[i], currentAddress, page) == page) {
                measure(i, sums);
            } else {
                addresses[i] = NONE;
                hasVersion[i] = false;
            }
        }
        return sums.sampled == 0
                ? Optional.empty()
                : Optional.of(new ContentSample(
                        timeNanos,
                        kind,
                        sums.sampled,
                        sums.zero,
                        sums.changed,
                        sums.deltaBytes,
                        sums.lz4Bytes,
                        sums.zstdBytes));
    }

    private void measure(int slot, Sums sums) {
        sums.sampled++;
        if (current.equals(zeros)) {
            sums.zero++;
        } else {
            current.get(0, bytes);
            if (hasVersion[slot] && !current.equals(versions[slot])) {
                sums.changed++;
                versions[slot].get(0, earlier);
                sums.deltaBytes += deltaBytes();
            }
            sums.lz4Bytes += compressors.lz4Bytes(bytes);
            sums.zstdBytes += compressors.zstdBytes(bytes);
        }
        versions[slot].put(0, current, 0, page);
        hasVersion[slot] = true;
    }

    private int deltaBytes() {
        int size = PageDelta.encode(earlier, 0, bytes, 0, page, delta, 0, page);
        return size == PageDelta.OVERFLOW ? page : size;
    }

    @Override
    public void close() {
        buffer.close();
    }

    private static final class Sums {
        private long sampled;
        private long zero;
        private long changed;
        private long deltaBytes;
        private long lz4Bytes;
        private long zstdBytes;
    }
}
