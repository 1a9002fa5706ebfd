package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.linux.NativeBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Reads pages of a process, many by one system call. */
public final class PageReader implements AutoCloseable {
    private final RunningProcess process;
    private final ProcessPages pages;
    private final IntPredicate hasContent;
    private final int pageBytes;
    private final NativeBuffer memory;
    private final ByteBuffer bytes;
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
        this.process = process;
        this.pages = pages;
        this.hasContent = hasContent;
        this.pageBytes = pageBytes;
        this.memory = NativeBuffer.shared((long) most * pageBytes);
        this.bytes = memory.slice(0, most * pageBytes);
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
        long from = WallClock.nanos();
        ranges = 0;
        bytes.clear();
        for (int i = 0; i < count; i++) {
            empty[i] = !hasContent.test(gfns[i]);
            if (!empty[i]) {
                add(pages.page(gfns[i]) * pageBytes, memory.address() + (long) i * pageBytes);
            }
        }
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
                int first = (int) ((places[range] + start - starts[range] - memory.address()) / pageBytes);
                int behind = first + (int) ((end - start + pageBytes - 1) / pageBytes);
                Arrays.fill(empty, first, behind, true);
            }
        }
    }

    private boolean isZero(int place) {
        int at = place * pageBytes;
        for (int i = at; i < at + pageBytes; i += Long.BYTES) {
            if (bytes.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A page of those read last, by its place among them; null if it is zeros. The same buffer each time. */
    public ByteBuffer page(int place) {
        return empty[place] ? null : bytes.limit((place + 1) * pageBytes).position(place * pageBytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
