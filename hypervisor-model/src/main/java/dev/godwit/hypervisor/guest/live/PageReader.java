package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Reads pages of a process, many by one system call, one behind the other into memory outside the Java heap; pages without
 * content are left out there.
 *
 * <p>That memory may be what is given to the connection afterwards: then no page is copied between process and kernel.
 */
public final class PageReader implements AutoCloseable {
    private static final int NOWHERE = -1;

    private final RunningProcess process;
    private final ProcessPages pages;
    private final IntPredicate hasContent;
    private final int pageBytes;
    private final NativeBuffer memory;
    private final boolean ownsMemory;
    private final ByteBuffer bytes;
    private final int[] offsets;
    private final long[] starts;
    private final long[] ends;
    private final long[] places;
    private final boolean[] empty;
    private int ranges;

    /**
     * @param hasContent of a frame; one without is not read, so that the process is not made to have it
     * @param most pages at a time
     */
    public PageReader(RunningProcess process, ProcessPages pages, IntPredicate hasContent, int most, int pageBytes) {
        this(process, pages, hasContent, most, pageBytes, NativeBuffer.shared((long) most * pageBytes), true);
    }

    /**
     * A reader into memory of the caller's.
     *
     * @param into room for {@code most} pages; the caller closes it
     */
    public static PageReader into(
            NativeBuffer into,
            RunningProcess process,
            ProcessPages pages,
            IntPredicate hasContent,
            int most,
            int pageBytes) {
        return new PageReader(process, pages, hasContent, most, pageBytes, into, false);
    }

    private PageReader(
            RunningProcess process,
            ProcessPages pages,
            IntPredicate hasContent,
            int most,
            int pageBytes,
            NativeBuffer memory,
            boolean ownsMemory) {
        this.process = process;
        this.pages = pages;
        this.hasContent = hasContent;
        this.pageBytes = pageBytes;
        this.memory = memory;
        this.ownsMemory = ownsMemory;
        this.bytes = memory.slice(0, most * pageBytes);
        this.offsets = new int[most];
        this.starts = new long[most];
        this.ends = new long[most];
        this.places = new long[most];
        this.empty = new boolean[most];
    }

    /**
     * Reads pages.
     *
     * @param gfns their frames, in the first {@code count} places
     * @return how long it took
     */
    public long read(int[] gfns, int count) {
        return read(gfns, count, 0);
    }

    /**
     * Reads pages to a place in the memory.
     *
     * @param offset of the first one
     */
    public long read(int[] gfns, int count, int offset) {
        long from = WallClock.nanos();
        ranges = 0;
        bytes.clear();
        int at = offset;
        for (int i = 0; i < count; i++) {
            offsets[i] = at;
            empty[i] = !hasContent.test(gfns[i]);
            if (!empty[i]) {
                add(pages.page(gfns[i]) * pageBytes, memory.address() + at);
                at += pageBytes;
            }
        }
        Arrays.fill(offsets, count, offsets.length, NOWHERE);
        long unused = process.memory().gather(starts, ends, places, ranges, this::unreadable);
        for (int i = 0; i < count; i++) {
            empty[i] = empty[i] || isZero(i);
        }
        return WallClock.nanos() - from;
    }

    private void add(long address, long place) {
        int last = ranges - 1;
        if (last >= 0 && ends[last] == address && places[last] + ends[last] - starts[last] == place) {
            ends[last] += pageBytes;
            return;
        }
        starts[ranges] = address;
        ends[ranges] = address + pageBytes;
        places[ranges++] = place;
    }

    /** What cannot be read has just been given back by the process, and would read as zeros. */
    private void unreadable(long start, long end) {
        for (int range = 0; range < ranges; range++) {
            if (start >= starts[range] && start < ends[range]) {
                long first = places[range] + start - starts[range] - memory.address();
                long behind = first + (end - start);
                for (int i = 0; i < offsets.length; i++) {
                    empty[i] |= offsets[i] >= first && offsets[i] < behind;
                }
            }
        }
    }

    private boolean isZero(int place) {
        int at = offsets[place];
        for (int i = at; i < at + pageBytes; i += Long.BYTES) {
            if (bytes.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A page of those read last, by its place among them; null if it is zeros. The same buffer each time. */
    public ByteBuffer page(int place) {
        return empty[place] ? null : bytes.limit(offsets[place] + pageBytes).position(offsets[place]);
    }

    @Override
    public void close() {
        if (ownsMemory) {
            memory.close();
        }
    }
}
